import type * as cog from "@grafana/grafana-foundation-sdk/cog";
import { type DashboardLink, DashboardLinkType } from "@grafana/grafana-foundation-sdk/dashboard";
import { cpuProfile, loki, mimir, pyroscope, tempo } from "./data-sources";

type Link = cog.Builder<DashboardLink>;

/** Queries and dashboards that the menu of a panel links to. */
export interface Drilldown {
    /** LogQL. */
    logs?: string;
    /** TraceQL. */
    traces?: string;
    /** A label selector of profiles, without braces. */
    profiles?: string;
    /** PromQL. */
    metrics?: string;
    /** Titles of dashboards by uid. The links keep the variables and the time range. */
    dashboards?: { [uid: string]: string };
}

/** Creates the links of a panel. */
export function drilldownLinks({ logs, traces, profiles, metrics, dashboards = {} }: Drilldown): Link[] {
    return [
        ...Object.entries(dashboards).map(([uid, title]) => link(title, dashboardUrl(uid))),
        ...(logs === undefined ? [] : [link("Logs", exploreUrl(loki, { expr: logs, queryType: "range" }))]),
        ...(traces === undefined ? [] : [link("Traces", exploreUrl(tempo, { query: traces, queryType: "traceql" }))]),
        ...(profiles === undefined
            ? []
            : [
                  link(
                      "Profiles",
                      exploreUrl(pyroscope, {
                          labelSelector: `{${profiles}}`,
                          profileTypeId: cpuProfile,
                          queryType: "both",
                          groupBy: [],
                      }),
                  ),
              ]),
        ...(metrics === undefined ? [] : [link("Metrics", exploreUrl(mimir, { expr: metrics, range: true }))]),
    ];
}

/** Creates a link with the required keys only. Dashboards have hundreds of links, and the size of a ConfigMap is limited. */
export function link(title: string, url: string): Link {
    return { build: () => ({ title, url, type: DashboardLinkType.Link }) as DashboardLink };
}

/**
 * The URL of a dashboard with the current time range. Without `values` it keeps all variables. With `values` it keeps only the
 * cluster, because Grafana selects both values if a URL contains a variable twice.
 *
 * @param values Values of variables. Grafana interpolates them.
 */
export function dashboardUrl(uid: string, values?: { [variable: string]: string }): string {
    const variables =
        values === undefined
            ? ["${__all_variables}"]
            : [
                  "${cluster:queryparam}",
                  ...Object.entries(values).map(([variable, value]) => `var-${variable}=${value}`),
              ];
    return `/d/${uid}?${[...variables, "${__url_time_range}"].join("&")}`;
}

/** The URL of Explore with a query and the current time range. Grafana interpolates the variables of the query. */
export function exploreUrl(source: { uid: string }, query: object): string {
    const panes = {
        panel: {
            datasource: source.uid,
            queries: [{ refId: "A", ...query }],
            range: { from: "${__from}", to: "${__to}" },
        },
    };
    const encoded = JSON.stringify(panes)
        // The format "pipe" joins several values as a|b. Other formats add backslashes, which are invalid in JSON.
        .replace(/\$(?!__)(\w+)/g, "${$1:pipe}")
        .split(/(\$\{[^}]+\})/)
        .map((text, index) => (index % 2 ? text : encodeURIComponent(text)))
        .join("")
        // These characters need no encoding in a query string. The URL is shorter without it.
        .replace(/%(7B|7D|5B|5D|2C|3A|3D|7C)/g, decodeURIComponent);
    return `/explore?schemaVersion=1&panes=${encoded}`;
}
