import type { Catalogue } from "./catalogue";
import { fieldProblems, tableProblems } from "./tables";
import type { Dashboard, DataSource, Link, Panel, Target, Variable } from "./dashboard-json";
import { analyseLogQL } from "./logql";
import { didYouMean } from "./suggestion";
import { analysePromQL, type Analysis } from "./promql";
import { duplicates } from "./rules";
import { traceQLProblems } from "./traceql";
import { interpolate } from "./variables";
import { hasLabel, type QueryResult } from "./query-result";

/** A provisioned dashboard. */
export interface DashboardFile {
    uid: string;
    title: string;
    json: string;
}

/** Types of the data sources by uid. */
export type DataSourceTypes = ReadonlyMap<string, string>;

// Built-in data sources of Grafana.
const builtInSources = ["-- Mixed --", "-- Dashboard --", "-- Grafana --", "grafana"];

/**
 * Checks dashboards. Returns one sentence for each problem, with the dashboard and the panel.
 *
 * @param checked The dashboards that are checked. The others are only possible targets of links.
 */
export function dashboardProblems(
    all: DashboardFile[],
    catalogue: Catalogue,
    sources: DataSourceTypes,
    checked: DashboardFile[] = all,
): string[] {
    const parsed = all.map(({ json }) => JSON.parse(json) as Dashboard);
    return [
        ...duplicates(
            parsed.map(({ uid }) => uid),
            (uid) => `two dashboards have the uid ${uid}`,
        ),
        ...parsed
            .filter((_, index) => checked.includes(all[index] as DashboardFile))
            .flatMap((dashboard) =>
                new DashboardCheck(dashboard, parsed, catalogue, sources)
                    .problems()
                    .map((problem) => `dashboard ${dashboard.uid}${problem}`),
            ),
    ];
}

class DashboardCheck {
    private readonly values: Record<string, string>;

    constructor(
        private readonly dashboard: Dashboard,
        private readonly dashboards: Dashboard[],
        private readonly catalogue: Catalogue,
        private readonly sources: DataSourceTypes,
    ) {
        const withoutQuery = this.variables().filter(({ type }) => ["custom", "constant", "interval"].includes(type));
        this.values = Object.fromEntries(
            withoutQuery.flatMap(({ name, current, options }) => {
                const value = current?.value ?? options?.[0]?.value;
                return typeof value === "string" ? [[name, value]] : [];
            }),
        );
    }

    problems(): string[] {
        const panels = panelsOf(this.dashboard.panels ?? []);
        const ids = panels.map(({ id }) => id);
        return [
            ...duplicates(ids, (id) => `: two panels have the id ${id}`),
            ...this.variables().flatMap((variable) =>
                this.variableProblems(variable).map((problem) => `, variable ${variable.name}: ${problem}`),
            ),
            ...(this.dashboard.links ?? []).flatMap((link) => this.linkProblems(link).map((problem) => `: ${problem}`)),
            ...(this.dashboard.annotations?.list ?? []).flatMap((target) =>
                this.analyseTarget(target, undefined).problems.map((problem) => `, annotations: ${problem}`),
            ),
            ...panels.flatMap((panel) =>
                this.panelProblems(panel).map((problem) => `, panel ${panel.id} "${panel.title ?? ""}": ${problem}`),
            ),
        ];
    }

    private variables(): Variable[] {
        return this.dashboard.templating?.list ?? [];
    }

    private variableProblems({ type, datasource, query }: Variable): string[] {
        if (type !== "query") {
            return [];
        }
        const source = this.typeOf(datasource);
        if (source.problems.length > 0) {
            return source.problems;
        }
        if (source.type === "loki" && typeof query === "object") {
            const label = query.label ?? "";
            const known = this.catalogue.logs.stream;
            return [
                ...(query.stream ? this.language(query.stream, analyseLogQL).problems : []),
                ...(label && !known.has(label)
                    ? [`"${label}" is not an index label of Loki${didYouMean(label, known)}`]
                    : []),
            ];
        }
        const text = (typeof query === "string" ? query : query?.query) ?? "";
        const values = /^label_values\((?:(.*),)?\s*(\w+)\s*\)$/s.exec(text.trim());
        const result = /^query_result\((.*)\)$/s.exec(text.trim());
        if (values) {
            const [, selector, label = ""] = values;
            const { result: vector, problems } = this.language(selector ?? '{__name__=~".+"}', analysePromQL);
            return [...problems, ...missing(vector, label, "lists the values of")];
        }
        return result
            ? this.language(result[1] ?? "", analysePromQL).problems
            : [`"${text}" is neither label_values(METRIC, LABEL) nor query_result(PROMQL)`];
    }

    private panelProblems(panel: Panel): string[] {
        const targets = (panel.targets ?? []).map((target) => ({
            target,
            ...this.analyseTarget(target, panel.datasource ?? undefined),
        }));
        const results = targets.flatMap(({ result }) => result ?? []);
        const links = [
            ...(panel.links ?? []),
            ...(panel.fieldConfig?.defaults?.links ?? []),
            ...(panel.fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
                properties.filter(({ id }) => id === "links").flatMap(({ value }) => value as Link[]),
            ),
        ];
        const texts = [...Object.values(panel.options ?? {}), panel.title, panel.fieldConfig?.defaults?.displayName];
        return [
            ...(panel.type === "row" ? [] : this.typeOf(panel.datasource, true).problems),
            ...duplicates(
                targets.map(({ target }) => target.refId),
                (refId) => `two queries have the refId ${refId}`,
            ),
            ...targets.flatMap(({ target, problems }) =>
                problems.map((problem) => `query ${target.refId ?? ""}: ${problem}`),
            ),
            ...links.flatMap((link) => [...this.linkProblems(link), ...fieldProblems(link.url ?? "", results, panel)]),
            ...(panel.type === "table" ? tableProblems(panel, results) : []),
            ...texts.flatMap((text) =>
                typeof text === "string" ? [...this.unknownVariables(text), ...this.markdownLinkProblems(text)] : [],
            ),
        ];
    }

    /** The type of a data source that must exist. */
    private typeOf(source: DataSource | undefined, optional = false): { type?: string; problems: string[] } {
        const uid = typeof source === "string" ? source : source?.uid;
        if (uid === undefined || builtInSources.includes(uid)) {
            return { problems: optional || uid ? [] : ["has no data source"] };
        }
        const variable = /^\$\{?(\w+)\}?$/.exec(uid)?.[1];
        const dataSourceVariable = this.variables().find(
            ({ name, type }) => name === variable && type === "datasource",
        );
        const type = dataSourceVariable ? (dataSourceVariable.query as string) : this.sources.get(uid);
        const declaredType = typeof source === "string" ? undefined : source?.type;
        if (type === undefined) {
            return { problems: [`the data source ${uid} does not exist${didYouMean(uid, this.sources.keys())}`] };
        }
        return declaredType === undefined || declaredType === type
            ? { type, problems: [] }
            : { type, problems: [`the data source ${uid} has the type ${type}, not ${declaredType}`] };
    }

    private analyseTarget(
        target: Target,
        panelSource: DataSource | undefined,
    ): { problems: string[]; result?: QueryResult } {
        const source = this.typeOf(target.datasource ?? panelSource);
        if (source.problems.length > 0) {
            return source;
        }
        switch (source.type) {
            case "prometheus":
                return this.series(target, analysePromQL);
            case "loki":
                return this.series(target, analyseLogQL);
            case "tempo":
                return { problems: this.tempoProblems(target) };
            case "grafana-pyroscope-datasource":
                return { problems: this.profileProblems(target) };
            default:
                return { problems: [] };
        }
    }

    private series(
        { expr = "", legendFormat = "" }: Target,
        language: Language,
    ): { problems: string[]; result: QueryResult } {
        const { result, problems } = this.language(expr, language);
        const labels = [...legendFormat.matchAll(/\{\{\s*([^}]*?)\s*\}\}/g)].map(([, label = ""]) => label);
        const missingLabels = labels
            .filter((label) => label !== "__name__")
            .flatMap((label) => missing(result, label, "shows"));
        return { result, problems: [...problems, ...missingLabels.map((problem) => `the legend ${problem}`)] };
    }

    private language(text: string, language: Language): Analysis {
        const { text: interpolated } = interpolate(text, this.values);
        const { result, problems } = language(interpolated, this.catalogue);
        return { result, problems: [...this.unknownVariables(text), ...problems] };
    }

    private tempoProblems({ query = "", serviceMapQuery, queryType }: Target): string[] {
        if (queryType === "serviceMap") {
            const selectors = typeof serviceMapQuery === "string" ? [serviceMapQuery] : (serviceMapQuery ?? []);
            return selectors.flatMap(
                (selector) => this.language(`traces_service_graph_request_total${selector}`, analysePromQL).problems,
            );
        }
        return [
            ...this.unknownVariables(query),
            ...traceQLProblems(interpolate(query, this.values).text, this.catalogue),
        ];
    }

    private profileProblems({ labelSelector = "{}", profileTypeId = "", groupBy = [] }: Target): string[] {
        const { labels, types } = this.catalogue.profiles;
        const usedLabels = [...interpolate(labelSelector, this.values).text.matchAll(/([\w.]+)\s*(?:=~|!~|!=|=)\s*"/g)];
        return [
            ...this.unknownVariables(labelSelector),
            ...[...usedLabels.map(([, label = ""]) => label), ...groupBy]
                .filter((label) => !labels.has(label))
                .map((label) => `no profile has the label "${label}"${didYouMean(label, labels)}`),
            ...(types.has(profileTypeId) || profileTypeId.includes("$")
                ? []
                : [`there are no profiles of the type "${profileTypeId}"${didYouMean(profileTypeId, types)}`]),
        ];
    }

    private unknownVariables(text: string): string[] {
        const known = this.variables().map(({ name }) => name);
        return interpolate(text)
            .used.filter((name) => !known.includes(name))
            .map((name) => `uses $${name}, which is not a variable of this dashboard${didYouMean(name, known)}`);
    }

    private markdownLinkProblems(text: string): string[] {
        return [...text.matchAll(/\]\((\/[^)]*)\)/g)].flatMap(([, url = ""]) => this.urlProblems(url));
    }

    private linkProblems({ type, url = "", tags = [] }: Link): string[] {
        if (type !== "dashboards") {
            return this.urlProblems(url);
        }
        return this.dashboards.some((dashboard) => tags.every((tag) => dashboard.tags?.includes(tag)))
            ? []
            : [`a link lists dashboards with the tags ${tags.join(", ")}, but no dashboard has these tags`];
    }

    private urlProblems(url: string): string[] {
        const [, uid] = /^\/d\/([^/?#]+)/.exec(url) ?? [];
        const parameters = new URLSearchParams(url.split("?")[1] ?? "");
        if (uid !== undefined) {
            return this.dashboardUrlProblems(uid, url, parameters);
        }
        const panes = parameters.get("panes");
        if (url.startsWith("/explore") && panes !== null) {
            return [...this.unknownVariables(url), ...this.explorePaneProblems(panes)];
        }
        return /^(https?:)?\/\/|^\/(alerting|explore|a)\b|^\$\{/.test(url) || url === ""
            ? []
            : [`a link points to ${url}, which is neither a dashboard nor Explore`];
    }

    private dashboardUrlProblems(uid: string, url: string, parameters: URLSearchParams): string[] {
        const target = this.dashboards.find((dashboard) => dashboard.uid === uid);
        if (target === undefined) {
            const known = this.dashboards.map((dashboard) => dashboard.uid);
            return [`a link points to the dashboard ${uid}, which does not exist${didYouMean(uid, known)}`];
        }
        const known = (target.templating?.list ?? []).map(({ name }) => name);
        const passed = [...parameters.keys()].filter((key) => key.startsWith("var-")).map((key) => key.slice(4));
        return [
            ...this.unknownVariables(url),
            ...passed
                .filter((name) => !known.includes(name))
                .map(
                    (name) =>
                        `a link passes the variable ${name} to ${uid}, which does not have it${didYouMean(name, known)}`,
                ),
        ];
    }

    /** Checks the queries in a link to Explore. */
    private explorePaneProblems(text: string): string[] {
        let panes: Record<string, { datasource?: string; queries?: Target[] }>;
        try {
            panes = JSON.parse(text) as typeof panes;
        } catch {
            return [`a link to Explore contains invalid JSON: ${text}`];
        }
        return Object.values(panes).flatMap(({ datasource, queries = [] }) =>
            queries.flatMap((query) =>
                this.analyseTarget(query, datasource).problems.map((problem) => `a link to Explore: ${problem}`),
            ),
        );
    }
}

type Language = (text: string, catalogue: Catalogue) => Analysis;

function panelsOf(panels: Panel[]): Panel[] {
    return panels.flatMap((panel) => [panel, ...panelsOf(panel.panels ?? [])]);
}

function missing(vector: QueryResult, label: string, verb: string): string[] {
    return hasLabel(vector, label)
        ? []
        : [`${verb} the label "${label}", which ${vector.name} does not have${didYouMean(label, vector.labels)}`];
}
