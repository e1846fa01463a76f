{{- /* A variable out of a Secret; takes a dict of name, secret and key. */ -}}
{{- define "layerwatch.secretVariable" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
{{- end -}}

{{- /*
What a service is given by its environment: secrets, which then are in no ConfigMap, no argument and
no file of ours. Kubernetes puts the parts together: a variable may name one before it as $(NAME).
Names that begin with LAYERWATCH_ are settings.
*/ -}}
{{- define "layerwatch.environment" -}}
{{- $values := .root.Values -}}
{{- $kafka := $values.kafka -}}
{{- if $kafka.sasl.mechanism }}
{{- $secret := required "kafka.sasl.existingSecret: expected a Secret with the credentials, got nothing" $kafka.sasl.existingSecret }}
{{- if $kafka.sasl.jaasConfigKey }}
{{ include "layerwatch.secretVariable" (dict "name" "LAYERWATCH_KAFKA_SASL_JAAS_CONFIG" "secret" $secret "key" $kafka.sasl.jaasConfigKey) }}
{{- else }}
{{ include "layerwatch.secretVariable" (dict "name" "KAFKA_USERNAME" "secret" $secret "key" $kafka.sasl.usernameKey) }}
{{ include "layerwatch.secretVariable" (dict "name" "KAFKA_PASSWORD" "secret" $secret "key" $kafka.sasl.passwordKey) }}
- name: LAYERWATCH_KAFKA_SASL_JAAS_CONFIG
  value: {{ include "layerwatch.jaasConfig" $kafka.sasl.mechanism | quote }}
{{- end }}
{{- end }}
{{- if $kafka.tls.enabled }}
{{- with $kafka.tls.truststore }}
{{- if and .existingSecret .passwordKey }}
{{ include "layerwatch.secretVariable" (dict "name" "LAYERWATCH_KAFKA_SSL_TRUSTSTORE_PASSWORD" "secret" .existingSecret "key" .passwordKey) }}
{{- end }}
{{- end }}
{{- with $kafka.tls.keystore }}
{{- if and .existingSecret .passwordKey }}
{{ include "layerwatch.secretVariable" (dict "name" "LAYERWATCH_KAFKA_SSL_KEYSTORE_PASSWORD" "secret" .existingSecret "key" .passwordKey) }}
{{ include "layerwatch.secretVariable" (dict "name" "LAYERWATCH_KAFKA_SSL_KEY_PASSWORD" "secret" .existingSecret "key" .passwordKey) }}
{{- end }}
{{- end }}
{{- end }}
{{- with $values.schemaRegistry.basicAuth }}
{{- if .existingSecret }}
{{ include "layerwatch.secretVariable" (dict "name" "SCHEMA_REGISTRY_USERNAME" "secret" .existingSecret "key" .usernameKey) }}
{{ include "layerwatch.secretVariable" (dict "name" "SCHEMA_REGISTRY_PASSWORD" "secret" .existingSecret "key" .passwordKey) }}
- name: LAYERWATCH_SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO
  value: "$(SCHEMA_REGISTRY_USERNAME):$(SCHEMA_REGISTRY_PASSWORD)"
{{- end }}
{{- end }}
{{- with $values.schemaRegistry.truststore }}
{{- if and .existingSecret .passwordKey }}
{{ include "layerwatch.secretVariable" (dict "name" "LAYERWATCH_SCHEMA_REGISTRY_SSL_TRUSTSTORE_PASSWORD" "secret" .existingSecret "key" .passwordKey) }}
{{- end }}
{{- end }}
{{- with .own.javaOptions }}
- name: JDK_JAVA_OPTIONS
  value: {{ . | quote }}
{{- end }}
{{- with .own.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* Kafka's own login modules, which take a name and a password. */ -}}
{{- define "layerwatch.jaasConfig" -}}
{{- $modules := dict
    "PLAIN" "org.apache.kafka.common.security.plain.PlainLoginModule"
    "SCRAM-SHA-256" "org.apache.kafka.common.security.scram.ScramLoginModule"
    "SCRAM-SHA-512" "org.apache.kafka.common.security.scram.ScramLoginModule"
-}}
{{- if not (hasKey $modules .) -}}
{{- fail (printf "kafka.sasl.jaasConfigKey: expected a key of the Secret, since %s takes more than a name and a password" .) -}}
{{- end -}}
{{ get $modules . }} required username="$(KAFKA_USERNAME)" password="$(KAFKA_PASSWORD)";
{{- end -}}
