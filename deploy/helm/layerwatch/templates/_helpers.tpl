{{- /* Names and labels. */ -}}

{{- define "layerwatch.name" -}}
{{ default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" }}
{{- end -}}

{{- define "layerwatch.fullname" -}}
{{- $name := include "layerwatch.name" . -}}
{{- if .Values.fullnameOverride -}}
{{ .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains $name .Release.Name -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" }}
{{- end -}}
{{- end -}}

{{- /* What all objects of a release are found by. */ -}}
{{- define "layerwatch.releaseLabels" -}}
app.kubernetes.io/name: {{ include "layerwatch.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- /* Labels of an object that belongs to no service. */ -}}
{{- define "layerwatch.labels" -}}
{{ include "layerwatch.releaseLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with .Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* The following take a dict of root, service (its name) and own (its values). */ -}}

{{- define "layerwatch.serviceName" -}}
{{ include "layerwatch.fullname" .root }}-{{ .service }}
{{- end -}}

{{- define "layerwatch.selector" -}}
{{ include "layerwatch.releaseLabels" .root }}
app.kubernetes.io/component: {{ .service }}
{{- end -}}

{{- define "layerwatch.serviceLabels" -}}
{{ include "layerwatch.labels" .root }}
app.kubernetes.io/component: {{ .service }}
{{- end -}}

{{- define "layerwatch.image" -}}
{{- $image := .root.Values.image -}}
{{- with $image.registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{ .own.image.repository }}
{{- if .own.image.digest }}@{{ .own.image.digest }}
{{- else }}:{{ default .root.Chart.AppVersion $image.tag }}
{{- end -}}
{{- end -}}

{{- /* The services that a release runs, as JSON. */ -}}
{{- define "layerwatch.services" -}}
{{- $services := list -}}
{{- range list "instrumentation" "scorer" "recommender" -}}
{{- if (index $.Values .).enabled }}{{ $services = append $services . }}{{ end -}}
{{- end -}}
{{ toJson $services }}
{{- end -}}
