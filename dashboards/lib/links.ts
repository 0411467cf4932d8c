import type * as cog from "@grafana/grafana-foundation-sdk/cog";
import { type DashboardLink, DashboardLinkType } from "@grafana/grafana-foundation-sdk/dashboard";
import { cpuProfile, loki, mimir, pyroscope, tempo } from "./sources";

type Link = cog.Builder<DashboardLink>;

/** The signals behind a panel, which its menu leads to. */
export interface Behind {
    /** LogQL. */
    logs?: string;
    /** TraceQL. */
    traces?: string;
    /** A selector of profiles, without braces. */
    profiles?: string;
    /** PromQL, where a panel shows something else than metrics. */
    metrics?: string;
    /** Dashboards by uid, with their titles. The variables and the time go along. */
    dashboards?: { [uid: string]: string };
}

/** Links to all that is behind a panel. */
export function linksTo({ logs, traces, profiles, metrics, dashboards = {} }: Behind): Link[] {
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

/** A link of a panel, with no more than Grafana reads of one: there are hundreds, and a ConfigMap holds only so much. */
export function link(title: string, url: string): Link {
    return { build: () => ({ title, url, type: DashboardLinkType.Link }) as DashboardLink };
}

/**
 * The time goes along, and so do the variables; where values are given, only the cluster does, as Grafana would take two values
 * of a variable for a choice of both.
 *
 * @param values of variables there, each an expression that Grafana fills in.
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

/** Explore with a query, at the time that the dashboard shows. Variables stay as they are: Grafana fills them in. */
export function exploreUrl(source: { uid: string }, query: object): string {
    const panes = {
        behind: {
            datasource: source.uid,
            queries: [{ refId: "A", ...query }],
            range: { from: "${__from}", to: "${__to}" },
        },
    };
    const encoded = JSON.stringify(panes)
        // Several values as a|b: a backslash, which other forms have, would end the JSON.
        .replace(/\$(?!__)(\w+)/g, "${$1:pipe}")
        .split(/(\$\{[^}]+\})/)
        .map((text, index) => (index % 2 ? text : encodeURIComponent(text)))
        .join("")
        // Nothing of a URL's own, and shorter as it is.
        .replace(/%(7B|7D|5B|5D|2C|3A|3D|7C)/g, decodeURIComponent);
    return `/explore?schemaVersion=1&panes=${encoded}`;
}
