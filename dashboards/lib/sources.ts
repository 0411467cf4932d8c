import { dataSourceUids } from "../../components/grafana/datasources";

export const mimir = { type: "prometheus", uid: dataSourceUids.mimir };
export const loki = { type: "loki", uid: dataSourceUids.loki };
export const tempo = { type: "tempo", uid: dataSourceUids.tempo };
export const pyroscope = { type: "grafana-pyroscope-datasource", uid: dataSourceUids.pyroscope };

/** CPU time, as every SDK of Pyroscope sends it. */
export const cpuProfile = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
