import { deployChange } from "../deploy-change";
import type { Change, Plan } from "../plan";
import { defaultTenants, endpoints } from "../../../components/contract";

/** The components that send and query data with the tenant. */
const senders = ["Alloy", "Grafana"];

/** Recorded before the backends are deployed. From then on, the migration can only be finished. */
const backendsStarted = "backends-started";

/** Turns multi-tenancy on. */
export const tenantOn: Plan = {
    name: "tenant-on",
    title: "Sets a tenant, in the order in which no data is rejected.",
    misfit: ({ applied, settings }) => {
        if (applied.tenant !== undefined) {
            return `the stack already has the tenant "${applied.tenant}". Data of this tenant stays under its name, so choose a tenant once`;
        }
        return settings.tenant === undefined ? "tenant is not set in the stack file" : undefined;
    },
    describe: ({ settings: { tenant } }) => ({
        does: [
            `Deploys Alloy and Grafana first, which send and query with the tenant "${tenant}". The backends ignore it until multi-tenancy is on.`,
            "Deploys the other components with multi-tenancy. From then on, the backends reject requests without the header X-Scope-OrgID.",
        ],
        unavailable: [
            "Each backend restarts once. With one replica, its queries fail for the time of one start, usually less than a minute. The queues keep the data.",
            "Rules are evaluated for the new tenant. Recording rules and alerts with a long range start from the beginning.",
        ],
        needs: [
            "Each application that pushes profiles with a Pyroscope SDK must send the tenant before the second deployment. Otherwise its profiles are rejected.",
            `Data that is already stored keeps its tenant (${Object.entries(defaultTenants)
                .map(([backend, old]) => `${backend}: ${old}`)
                .join(
                    ", ",
                )}). Grafana shows it only with additional data sources, which the plan prints at its end, until it is older than the retention.`,
        ],
        rollback: [
            "The old settings are refused unless allowDataLoss contains loki, tempo, mimir, pyroscope. Then Grafana shows the data from before the migration, and no longer the data of the tenant.",
        ],
    }),
    steps: [
        {
            id: "senders",
            title: "Deploy Alloy and Grafana",
            ownProgress: true,
            run: (context) => deployChange(context, tenantOn.name, { components: senders }),
        },
        {
            id: "backends",
            title: "Deploy all components",
            question: ({ settings: { tenant } }) =>
                `Do all Pyroscope SDKs send the tenant "${tenant}", and can the backends restart now?`,
            declined: "Alloy and Grafana already use the tenant, which has no effect yet",
            ownProgress: true,
            run: async (context) => {
                await context.record.complete(backendsStarted);
                await deployChange(context, tenantOn.name);
            },
        },
    ],
    commit: ({ settings: { tenant } }) => ({ tenant }),
    abort: async (context, done) => {
        if (done.includes(backendsStarted)) {
            throw new Error("the backends may already reject requests without a tenant; finish the migration instead");
        }
        await deployChange(context, tenantOn.name, { components: senders, settings: { tenant: undefined } });
    },
    afterwards: (change) => [
        `Until the old data is older than the retention, Grafana can show it with these data sources. Add them to the stack file:\n${oldDataSources(change)}`,
    ],
};

/** The data sources for data from before, as lines of the stack file. */
export function oldDataSources({ settings: { namespace, clusterDomain } }: Change): string {
    const { loki, tempo, mimir, pyroscope } = endpoints(namespace, clusterDomain);
    const sources = [
        { name: "Loki (before)", type: "loki", url: loki, tenant: defaultTenants.loki },
        { name: "Tempo (before)", type: "tempo", url: tempo, tenant: defaultTenants.tempo },
        { name: "Mimir (before)", type: "prometheus", url: `${mimir}/prometheus`, tenant: defaultTenants.mimir },
        {
            name: "Pyroscope (before)",
            type: "grafana-pyroscope-datasource",
            url: pyroscope,
            tenant: defaultTenants.pyroscope,
        },
    ];
    return [
        "  observability:values:",
        "    grafana:",
        "      datasources:",
        "        before-tenant.yaml:",
        "          apiVersion: 1",
        "          datasources:",
        ...sources.flatMap(({ name, type, url, tenant }) => [
            `            - name: ${name}`,
            `              type: ${type}`,
            "              access: proxy",
            `              url: ${url}`,
            "              jsonData: { httpHeaderName1: X-Scope-OrgID }",
            `              secureJsonData: { httpHeaderValue1: ${tenant} }`,
        ]),
    ].join("\n");
}
