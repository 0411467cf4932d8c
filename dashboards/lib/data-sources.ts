/**
 * Uids of the data sources. They are fixed, because dashboards, links and queries contain them. They have no hyphen: if a uid has one, the proxy of Grafana 9, which an existing
 * Grafana can be, sends requests to a wrong path.
 */
export const dataSourceUids = {
    loki: "loki",
    tempo: "tempo",
    mimir: "mimir",
    prometheus: "prometheus",
    prometheusRules: "prometheusrules",
    pyroscope: "pyroscope",
    alertmanager: "alertmanager",
} as const;

export const mimir = { type: "prometheus", uid: dataSourceUids.mimir };
export const loki = { type: "loki", uid: dataSourceUids.loki };
export const tempo = { type: "tempo", uid: dataSourceUids.tempo };
export const pyroscope = { type: "grafana-pyroscope-datasource", uid: dataSourceUids.pyroscope };

/** Profile type of CPU time, as the Pyroscope SDK for Go and pprof endpoints send it. The SDK for Node.js sends another type (docs/connect-pyroscope.md). */
export const cpuProfile = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
