{{- /* Where the files lie that settings name; all of them are one projected volume. */ -}}
{{- define "layerwatch.directory" -}}
/etc/layerwatch
{{- end -}}

{{- /* A value as a properties file has it. YAML's numbers are floats by now: 1048576 would become 1.048576e+06. */ -}}
{{- define "layerwatch.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) (lt . 1e15) -}}
{{ int64 . }}
{{- else -}}
{{ toString . | replace "\\" "\\\\" | replace "\n" "\\n" }}
{{- end -}}
{{- end -}}

{{- /* Settings that follow from other values, as YAML. */ -}}
{{- define "layerwatch.derivedSettings" -}}
{{- $values := .root.Values -}}
{{- $directory := include "layerwatch.directory" . -}}
{{- $settings := dict
    "admin.port" "9400"
    "kafka.bootstrap.servers" (required "kafka.bootstrapServers: expected Kafka's brokers, got nothing" $values.kafka.bootstrapServers)
    "schema.registry.url" (required "schemaRegistry.url: expected the schema registry, got nothing" $values.schemaRegistry.url)
-}}
{{- $kafka := $values.kafka -}}
{{- if or $kafka.tls.enabled $kafka.sasl.mechanism -}}
{{- $protocol := ternary "SSL" "PLAINTEXT" $kafka.tls.enabled -}}
{{- $_ := set $settings "kafka.security.protocol" (ternary (printf "SASL_%s" $protocol) $protocol (ne $kafka.sasl.mechanism "")) -}}
{{- end -}}
{{- if and $kafka.sasl.existingSecret (not $kafka.sasl.mechanism) -}}
{{- fail "kafka.sasl.mechanism: expected one such as SCRAM-SHA-512 with kafka.sasl.existingSecret, got nothing" -}}
{{- end -}}
{{- range tuple "truststore" "keystore" -}}
{{- if and (index $kafka.tls .).existingSecret (not $kafka.tls.enabled) -}}
{{- fail (printf "kafka.tls.enabled: expected true with kafka.tls.%s.existingSecret" .) -}}
{{- end -}}
{{- end -}}
{{- with $kafka.sasl.mechanism }}{{ $_ := set $settings "kafka.sasl.mechanism" . }}{{ end -}}
{{- if $kafka.tls.enabled -}}
{{- range tuple "truststore" "keystore" -}}
{{- $store := index $kafka.tls . -}}
{{- if $store.existingSecret -}}
{{- $_ := set $settings (printf "kafka.ssl.%s.location" .) (printf "%s/kafka/%s" $directory .) -}}
{{- $_ := set $settings (printf "kafka.ssl.%s.type" .) $store.type -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with $values.schemaRegistry -}}
{{- if .basicAuth.existingSecret -}}
{{- $_ := set $settings "schema.registry.basic.auth.credentials.source" "USER_INFO" -}}
{{- end -}}
{{- if .truststore.existingSecret -}}
{{- $_ := set $settings "schema.registry.ssl.truststore.location" (printf "%s/registry/truststore" $directory) -}}
{{- $_ := set $settings "schema.registry.ssl.truststore.type" .truststore.type -}}
{{- end -}}
{{- end -}}
{{- if $values.http.tls.existingSecret -}}
{{- $_ := set $settings "http.tls.certificate" (printf "%s/tls/tls.crt" $directory) -}}
{{- $_ := set $settings "http.tls.key" (printf "%s/tls/tls.key" $directory) -}}
{{- end -}}
{{- if $values.admin.token.existingSecret -}}
{{- $_ := set $settings "admin.token.file" (printf "%s/tokens/admin" $directory) -}}
{{- end -}}
{{- if eq .service "instrumentation" -}}
{{- $_ := set $settings "instrumentation.http.port" "8000" -}}
{{- $_ := set $settings "instrumentation.http.drain" (printf "%ds" (int .own.drainSeconds)) -}}
{{- $_ := set $settings "model.directory" (include "layerwatch.modelDirectory" .) -}}
{{- with .own.model.name }}{{ $_ := set $settings "model.name" . }}{{ end -}}
{{- with .own.model.revision }}{{ $_ := set $settings "model.revision" . }}{{ end -}}
{{- if .own.gpu.enabled }}{{ $_ := set $settings "instrumentation.device" "gpu" }}{{ end -}}
{{- if .own.token.existingSecret -}}
{{- $_ := set $settings "instrumentation.http.token.file" (printf "%s/tokens/api" $directory) -}}
{{- end -}}
{{- else -}}
{{- $_ := set $settings "kafka.num.standby.replicas" (toString (int .own.standbyReplicas)) -}}
{{- end -}}
{{ toYaml $settings }}
{{- end -}}

{{- define "layerwatch.modelDirectory" -}}
{{- if eq (empty .own.model.existingClaim) (empty .own.model.volume) -}}
{{- fail "instrumentation.model: expected either existingClaim or volume" -}}
{{- end -}}
{{- if and (not .own.model.path) (not .own.model.name) -}}
{{- fail "instrumentation.model: expected a path or a name; without either the model would be called after the volume's mount point" -}}
{{- end -}}
/models{{ with .own.model.path }}/{{ trimAll "/" . }}{{ end }}
{{- end -}}

{{- /* The properties file of a service. */ -}}
{{- define "layerwatch.properties" -}}
{{- $values := .root.Values -}}
{{- $given := dict -}}
{{- range $key, $value := $values.settings }}{{ $_ := set $given $key $value }}{{ end -}}
{{- range $key, $value := .own.settings }}{{ $_ := set $given $key $value }}{{ end -}}
{{- range $key, $value := $values.kafka.properties }}{{ $_ := set $given (printf "kafka.%s" $key) $value }}{{ end -}}
{{- range $key, $value := $values.schemaRegistry.properties }}{{ $_ := set $given (printf "schema.registry.%s" $key) $value }}{{ end -}}
{{- $settings := fromYaml (include "layerwatch.derivedSettings" .) -}}
{{- range $key, $value := $given -}}
{{- if hasKey $settings $key -}}
{{- fail (printf "%s: expected no such setting, since the chart makes it of other values" $key) -}}
{{- end -}}
{{- if regexMatch "(password|secret|jaas\\.config|user\\.info|keystore\\.key|auth\\.token)$" $key -}}
{{- fail (printf "%s: expected no secret, since settings lie in a ConfigMap; give it by a Secret, or by extraEnv" $key) -}}
{{- end -}}
{{- $_ := set $settings $key $value -}}
{{- end -}}
{{- range $key, $value := $settings }}
{{ $key }}={{ include "layerwatch.text" $value }}
{{- end }}
{{- end -}}
