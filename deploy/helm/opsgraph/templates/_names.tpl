{{- /* The name of everything: the release's, with the chart's where the release has another. */ -}}
{{- define "opsgraph.name" -}}
{{- $chart := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains $chart .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $chart | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- /* The labels by which pods are chosen; they never change. */ -}}
{{- define "opsgraph.chosen" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "opsgraph.labels" -}}
{{ include "opsgraph.chosen" . }}
app.kubernetes.io/version: {{ default .Chart.AppVersion .Values.image.tag | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
{{- end -}}

{{- /* How many replicas there are at most. */ -}}
{{- define "opsgraph.most" -}}
{{- ternary .Values.autoscaling.maxReplicas .Values.replicas .Values.autoscaling.enabled | int -}}
{{- end -}}

{{- /* How many more there may be while they are replaced. */ -}}
{{- define "opsgraph.surge" -}}1{{- end -}}

{{- /*
Not empty where no system is configured: neither in config, nor by a variable. What is open to everyone is a simulated
site alone.
*/ -}}
{{- define "opsgraph.demo" -}}
{{- $systems := list "esm" "iam" "gaussdb" "workspace" "bss" -}}
{{- $real := false -}}
{{- range $systems -}}{{- if index $.Values.config . -}}{{- $real = true -}}{{- end -}}{{- end -}}
{{- $variables := keys .Values.secrets.keys -}}
{{- range .Values.env -}}{{- $variables = append $variables .name -}}{{- end -}}
{{- range $variables -}}
{{- if regexMatch "^OPSGRAPH_(ESM|IAM|GAUSSDB|WORKSPACE|BSS)_" . -}}{{- $real = true -}}{{- end -}}
{{- end -}}
{{- if not $real -}}demo{{- end -}}
{{- end -}}

{{- /*
opsgraph.yaml: that of the values, with what the chart knows better. Several replicas share one quota through Redis;
without it each would take all of it.
*/ -}}
{{- define "opsgraph.config" -}}
{{- $redis := dig "redis" "url" "" .Values.config -}}
{{- $given := hasKey .Values.secrets.keys "OPSGRAPH_REDIS_URL" -}}
{{- if and (gt (include "opsgraph.most" . | int) 1) (not $redis) (not $given) -}}
{{- fail "more than one replica needs config.redis.url, or OPSGRAPH_REDIS_URL in secrets.keys" -}}
{{- end -}}
{{- $demo := dict -}}
{{- if include "opsgraph.demo" . -}}
{{- $demo = dict "server" (dict "allow_anonymous" true) -}}
{{- end -}}
{{- $own := dict
  "server" (dict "listen" "0.0.0.0:8080")
  "admin" (dict "listen" "0.0.0.0:8081")
  "quota" (dict "max_replicas" (add (include "opsgraph.most" .) (include "opsgraph.surge" .)))
-}}
{{- mergeOverwrite $demo (deepCopy .Values.config) $own | toYaml -}}
{{- end -}}

{{- /* A duration of the configuration in whole seconds: 500ms, 2s or 1m, as values.schema.json asks for; the default where it
is not set. */ -}}
{{- define "opsgraph.seconds" -}}
{{- $text := dig "server" .key .default .config -}}
{{- if hasSuffix "ms" $text -}}{{ add1 (div (trimSuffix "ms" $text | int) 1000) }}
{{- else if hasSuffix "m" $text -}}{{ mul 60 (trimSuffix "m" $text | int) }}
{{- else -}}{{ trimSuffix "s" $text | int }}
{{- end -}}
{{- end -}}

{{- /*
How long a pod may take to end: the pause, the delay and time of the drain, 5 s for commands whose callers have left,
and 5 s more.
*/ -}}
{{- define "opsgraph.grace" -}}
{{- $delay := include "opsgraph.seconds" (dict "config" .Values.config "key" "drain_delay" "default" "0s") | int -}}
{{- $drain := include "opsgraph.seconds" (dict "config" .Values.config "key" "drain_timeout" "default" "10s") | int -}}
{{- add .Values.preStopSeconds $delay $drain 10 -}}
{{- end -}}
