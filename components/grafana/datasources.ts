/** Fixed identities of the data sources: dashboards, links and queries name them. */
export const dataSourceUids = { loki: "loki", tempo: "tempo", mimir: "mimir", pyroscope: "pyroscope" } as const;

/** Where each store answers; a store without an address gets no data source. */
export interface DataSourceUrls {
    lokiUrl?: string;
    tempoUrl?: string;
    mimirUrl?: string;
    pyroscopeUrl?: string;
}

/** Grafana's provisioning file for data sources. */
export function dataSources({ lokiUrl, tempoUrl, mimirUrl, pyroscopeUrl }: DataSourceUrls): object {
    const sources = [
        { name: "Loki", uid: dataSourceUids.loki, type: "loki", url: lokiUrl },
        { name: "Tempo", uid: dataSourceUids.tempo, type: "tempo", url: tempoUrl },
        {
            name: "Mimir",
            uid: dataSourceUids.mimir,
            type: "prometheus",
            url: mimirUrl && `${mimirUrl}/prometheus`,
            isDefault: true,
            jsonData: { prometheusType: "Mimir", httpMethod: "POST" },
        },
        { name: "Pyroscope", uid: dataSourceUids.pyroscope, type: "grafana-pyroscope-datasource", url: pyroscopeUrl },
    ];
    return {
        apiVersion: 1,
        datasources: sources
            .filter(({ url }) => url !== undefined)
            .map((source) => ({ access: "proxy", editable: false, ...source })),
    };
}
