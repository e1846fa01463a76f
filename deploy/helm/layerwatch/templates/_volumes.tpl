{{- /* A file out of a Secret, for a projected volume; takes a dict of secret, key and path. */ -}}
{{- define "layerwatch.secretFile" -}}
- secret:
    name: {{ .secret }}
    items: [{key: {{ .key | quote }}, path: {{ .path }}}]
{{- end -}}

{{- /* Everything below /etc/layerwatch: the properties file, and the files that it names. */ -}}
{{- define "layerwatch.files" -}}
{{- $values := .root.Values -}}
- configMap:
    name: {{ include "layerwatch.serviceName" . }}
    items: [{key: layerwatch.properties, path: layerwatch.properties}]
{{- if $values.kafka.tls.enabled }}
{{- range tuple "truststore" "keystore" }}
{{- $store := index $values.kafka.tls . }}
{{- if $store.existingSecret }}
{{ include "layerwatch.secretFile" (dict "secret" $store.existingSecret "key" $store.key "path" (printf "kafka/%s" .)) }}
{{- end }}
{{- end }}
{{- end }}
{{- with $values.schemaRegistry.truststore }}
{{- if .existingSecret }}
{{ include "layerwatch.secretFile" (dict "secret" .existingSecret "key" .key "path" "registry/truststore") }}
{{- end }}
{{- end }}
{{- with $values.http.tls }}
{{- if .existingSecret }}
{{ include "layerwatch.secretFile" (dict "secret" .existingSecret "key" .certificateKey "path" "tls/tls.crt") }}
{{ include "layerwatch.secretFile" (dict "secret" .existingSecret "key" .privateKeyKey "path" "tls/tls.key") }}
{{- end }}
{{- end }}
{{- with $values.admin.token }}
{{- if .existingSecret }}
{{ include "layerwatch.secretFile" (dict "secret" .existingSecret "key" .key "path" "tokens/admin") }}
{{- end }}
{{- end }}
{{- if eq .service "instrumentation" }}
{{- with .own.token }}
{{- if .existingSecret }}
{{ include "layerwatch.secretFile" (dict "secret" .existingSecret "key" .key "path" "tokens/api") }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "layerwatch.volumes" -}}
- name: settings
  projected:
    defaultMode: 0440
    sources:
      {{- include "layerwatch.files" . | nindent 6 }}
- name: tmp
  emptyDir:
    sizeLimit: {{ .root.Values.pods.tmpSizeLimit }}
{{- if eq .service "instrumentation" }}
- name: model
  {{- if .own.model.existingClaim }}
  persistentVolumeClaim:
    claimName: {{ .own.model.existingClaim }}
    readOnly: true
  {{- else }}
  {{- toYaml .own.model.volume | nindent 2 }}
  {{- end }}
{{- end }}
{{- with .own.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "layerwatch.volumeMounts" -}}
- name: settings
  mountPath: {{ include "layerwatch.directory" . }}
  readOnly: true
- name: tmp
  mountPath: /tmp
{{- if eq .service "instrumentation" }}
- name: model
  mountPath: /models
  readOnly: true
{{- end }}
{{- with .own.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* A GPU is asked for as a limit; its request follows. */ -}}
{{- define "layerwatch.resources" -}}
{{- $resources := deepCopy .own.resources -}}
{{- if and (eq .service "instrumentation") .own.gpu.enabled -}}
{{- $resources = merge (dict "limits" (dict .own.gpu.resource "1")) $resources -}}
{{- end -}}
{{ toYaml $resources }}
{{- end -}}
