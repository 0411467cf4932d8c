import { dataSourceUids } from "../dashboards/lib/data-sources";

// Seconds before and after the evaluation of a rule.
const before = 3600;
const after = 900;

/**
 * Annotations with links to the dashboard of an alert, and to the logs and traces of its subject, around the time at which the alert fires.
 * The ruler fills in the time and the labels, because notifications to webhooks are not templated. A link whose labels the alert lacks is empty.
 *
 * @param dashboard uid of the dashboard. undefined if the stack does not have it.
 */
export function linkAnnotations(grafanaUrl: string, dashboard: string | undefined): Record<string, string> {
    const base = grafanaUrl.replace(/\/$/, "");
    return {
        ...(dashboard !== undefined && {
            dashboard_url: `${base}/d/${dashboard}?from={{ ${time(-before)} }}&to={{ ${time(after)} }}${variables}`,
        }),
        logs_url: `{{ with $labels.namespace }}${logQuery}${exploreUrl(base, dataSourceUids.loki, '"expr":%q,"queryType":"range"')}{{ end }}`,
        traces_url: `{{ if or ${service} $labels.pod }}${traceQuery}${exploreUrl(base, dataSourceUids.tempo, '"query":%q,"queryType":"traceql"')}{{ end }}`,
    };
}

/** A template expression: milliseconds since 1970, relative to the evaluation. */
function time(seconds: number): string {
    return `((toTime now).Add (toDuration ${seconds})).UnixMilli`;
}

const service = "$labels.service_name $labels.service $labels.app_id";

/** The labels of the alert that are variables of dashboards. Grafana ignores variables that a dashboard does not have. */
const variables =
    '{{ range $name, $text := $labels }}{{ if match "^(cluster|namespace|node|pod|service|service_name|app_id|slo)$" $name }}' +
    '&var-{{ reReplaceAll "^(service_name|app_id)$" "service" $name }}={{ urlQueryEscape $text }}{{ end }}{{ end }}';

/** LogQL. Logs over OTLP have the name of the pod in another label than logs from the standard output. */
const logQuery =
    '{{ $q := printf "namespace=%q" . }}' +
    '{{ with $labels.cluster }}{{ $q = printf "%s, cluster=%q" $q . }}{{ end }}' +
    `{{ with or ${service} }}{{ $q = printf "%s, service_name=%q" $q . }}{{ end }}` +
    '{{ $q = printf "{%s}" $q }}' +
    '{{ with $labels.pod }}{{ $q = printf "%s | pod=%q or k8s_pod_name=%q" $q . . }}{{ end }}';

/** TraceQL. */
const traceQuery =
    `{{ $q := "true" }}` +
    [
        ["$labels.cluster", "resource.cluster"],
        ["$labels.namespace", "resource.namespace"],
        [`or ${service}`, "resource.service.name"],
        ["$labels.pod", "resource.k8s.pod.name"],
    ]
        .map(([value, attribute]) => `{{ with ${value} }}{{ $q = printf "%s && ${attribute}=%q" $q . }}{{ end }}`)
        .join("") +
    '{{ $q = printf "{%s}" $q }}';

/** The URL of Explore. @param query keys of the query in JSON, with %q for the template variable $q. */
function exploreUrl(base: string, dataSource: string, query: string): string {
    const panes = `{"alert":{"datasource":"${dataSource}","queries":[{"refId":"A",${query}}],"range":{"from":"%d","to":"%d"}}}`;
    const times = [time(-before), time(after)].map((expression) => `(${expression})`).join(" ");
    return `${base}/explore?schemaVersion=1&panes={{ printf \`${panes}\` $q ${times} | urlQueryEscape }}`;
}
