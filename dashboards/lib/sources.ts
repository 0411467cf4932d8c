/** Fixed identities of the data sources: dashboards, links and queries name them. */
export const dataSourceUids = {
    loki: "loki",
    tempo: "tempo",
    mimir: "mimir",
    pyroscope: "pyroscope",
    alertmanager: "alertmanager",
} as const;

export const mimir = { type: "prometheus", uid: dataSourceUids.mimir };
export const loki = { type: "loki", uid: dataSourceUids.loki };
export const tempo = { type: "tempo", uid: dataSourceUids.tempo };
export const pyroscope = { type: "grafana-pyroscope-datasource", uid: dataSourceUids.pyroscope };

/** CPU time, as every SDK of Pyroscope sends it. */
export const cpuProfile = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
