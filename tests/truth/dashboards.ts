import type { Truth } from "./catalogue";
import { fieldMistakes, tableMistakes } from "./columns";
import type { Board, DataSource, Link, Panel, Target, Variable } from "./dashboard-json";
import { analyseLogQL } from "./logql";
import { didYouMean } from "./nearest";
import { analysePromQL, type Analysis } from "./promql";
import { duplicates } from "./rules";
import { traceQLMistakes } from "./traceql";
import { fillVariables } from "./variables";
import { hasLabel, type Vector } from "./vectors";

/** A dashboard as Grafana gets it. */
export interface DashboardText {
    uid: string;
    title: string;
    json: string;
}

/** A data source that queries may name, by its uid. */
export type DataSourceTypes = ReadonlyMap<string, string>;

// What Grafana has besides data sources.
const builtInSources = ["-- Mixed --", "-- Dashboard --", "-- Grafana --", "grafana"];

/**
 * Mistakes of all dashboards, each a sentence that names dashboard and panel.
 *
 * @param checked those that are looked into; the rest is only where links may lead.
 */
export function dashboardMistakes(
    all: DashboardText[],
    truth: Truth,
    sources: DataSourceTypes,
    checked: DashboardText[] = all,
): string[] {
    const boards = all.map(({ json }) => JSON.parse(json) as Board);
    return [
        ...duplicates(
            boards.map(({ uid }) => uid),
            (uid) => `two dashboards have the uid ${uid}`,
        ),
        ...boards
            .filter((_, index) => checked.includes(all[index] as DashboardText))
            .flatMap((board) =>
                new Checker(board, boards, truth, sources)
                    .mistakes()
                    .map((mistake) => `dashboard ${board.uid}${mistake}`),
            ),
    ];
}

class Checker {
    private readonly values: Record<string, string>;

    constructor(
        private readonly board: Board,
        private readonly boards: Board[],
        private readonly truth: Truth,
        private readonly sources: DataSourceTypes,
    ) {
        const simple = this.variables().filter(({ type }) => ["custom", "constant", "interval"].includes(type));
        this.values = Object.fromEntries(
            simple.flatMap(({ name, current, options }) => {
                const value = current?.value ?? options?.[0]?.value;
                return typeof value === "string" ? [[name, value]] : [];
            }),
        );
    }

    mistakes(): string[] {
        const panels = panelsOf(this.board.panels ?? []);
        const ids = panels.map(({ id }) => id);
        return [
            ...duplicates(ids, (id) => `: two panels have the id ${id}`),
            ...this.variables().flatMap((variable) =>
                this.ofVariable(variable).map((mistake) => `, variable ${variable.name}: ${mistake}`),
            ),
            ...(this.board.links ?? []).flatMap((link) => this.ofLink(link).map((mistake) => `: ${mistake}`)),
            ...(this.board.annotations?.list ?? []).flatMap((target) =>
                this.ofTarget(target, undefined).mistakes.map((mistake) => `, annotations: ${mistake}`),
            ),
            ...panels.flatMap((panel) =>
                this.ofPanel(panel).map((mistake) => `, panel ${panel.id} "${panel.title ?? ""}": ${mistake}`),
            ),
        ];
    }

    private variables(): Variable[] {
        return this.board.templating?.list ?? [];
    }

    private ofVariable({ type, datasource, query }: Variable): string[] {
        if (type !== "query") {
            return [];
        }
        const source = this.typeOf(datasource);
        if (source.mistakes.length > 0) {
            return source.mistakes;
        }
        if (source.type === "loki" && typeof query === "object") {
            const label = query.label ?? "";
            const known = this.truth.logs.stream;
            return [
                ...(query.stream ? this.language(query.stream, analyseLogQL).mistakes : []),
                ...(label && !known.has(label) ? [`Loki does not index by "${label}"${didYouMean(label, known)}`] : []),
            ];
        }
        const text = (typeof query === "string" ? query : query?.query) ?? "";
        const values = /^label_values\((?:(.*),)?\s*(\w+)\s*\)$/s.exec(text.trim());
        const result = /^query_result\((.*)\)$/s.exec(text.trim());
        if (values) {
            const [, selector, label = ""] = values;
            const { result: vector, mistakes } = this.language(selector ?? '{__name__=~".+"}', analysePromQL);
            return [...mistakes, ...missing(vector, label, "lists the values of")];
        }
        return result
            ? this.language(result[1] ?? "", analysePromQL).mistakes
            : [`"${text}" is neither label_values(METRIC, LABEL) nor query_result(PROMQL)`];
    }

    private ofPanel(panel: Panel): string[] {
        const targets = (panel.targets ?? []).map((target) => ({
            target,
            ...this.ofTarget(target, panel.datasource ?? undefined),
        }));
        const results = targets.flatMap(({ result }) => result ?? []);
        const links = [
            ...(panel.links ?? []),
            ...(panel.fieldConfig?.defaults?.links ?? []),
            ...(panel.fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
                properties.filter(({ id }) => id === "links").flatMap(({ value }) => value as Link[]),
            ),
        ];
        const shown = [...Object.values(panel.options ?? {}), panel.title, panel.fieldConfig?.defaults?.displayName];
        return [
            ...(panel.type === "row" ? [] : this.typeOf(panel.datasource, true).mistakes),
            ...duplicates(
                targets.map(({ target }) => target.refId),
                (refId) => `two queries are called ${refId}`,
            ),
            ...targets.flatMap(({ target, mistakes }) =>
                mistakes.map((mistake) => `query ${target.refId ?? ""}: ${mistake}`),
            ),
            ...links.flatMap((link) => [...this.ofLink(link), ...fieldMistakes(link.url ?? "", results, panel)]),
            ...(panel.type === "table" ? tableMistakes(panel, results) : []),
            ...shown.flatMap((text) =>
                typeof text === "string" ? [...this.unknownVariables(text), ...this.linksIn(text)] : [],
            ),
        ];
    }

    /** The type of a data source that must exist. */
    private typeOf(source: DataSource | undefined, optional = false): { type?: string; mistakes: string[] } {
        const uid = typeof source === "string" ? source : source?.uid;
        if (uid === undefined || builtInSources.includes(uid)) {
            return { mistakes: optional || uid ? [] : ["names no data source"] };
        }
        const variable = /^\$\{?(\w+)\}?$/.exec(uid)?.[1];
        const ofVariable = this.variables().find(({ name, type }) => name === variable && type === "datasource");
        const type = ofVariable ? (ofVariable.query as string) : this.sources.get(uid);
        const said = typeof source === "string" ? undefined : source?.type;
        if (type === undefined) {
            return { mistakes: [`there is no data source ${uid}${didYouMean(uid, this.sources.keys())}`] };
        }
        return said === undefined || said === type
            ? { type, mistakes: [] }
            : { type, mistakes: [`the data source ${uid} is of the type ${type}, not ${said}`] };
    }

    private ofTarget(target: Target, ofPanel: DataSource | undefined): { mistakes: string[]; result?: Vector } {
        const source = this.typeOf(target.datasource ?? ofPanel);
        if (source.mistakes.length > 0) {
            return source;
        }
        switch (source.type) {
            case "prometheus":
                return this.series(target, analysePromQL);
            case "loki":
                return this.series(target, analyseLogQL);
            case "tempo":
                return { mistakes: this.ofTempo(target) };
            case "grafana-pyroscope-datasource":
                return { mistakes: this.ofProfiles(target) };
            default:
                return { mistakes: [] };
        }
    }

    private series(
        { expr = "", legendFormat = "" }: Target,
        language: Language,
    ): { mistakes: string[]; result: Vector } {
        const { result, mistakes } = this.language(expr, language);
        const labels = [...legendFormat.matchAll(/\{\{\s*([^}]*?)\s*\}\}/g)].map(([, label = ""]) => label);
        const lost = labels.filter((label) => label !== "__name__").flatMap((label) => missing(result, label, "shows"));
        return { result, mistakes: [...mistakes, ...lost.map((mistake) => `the legend ${mistake}`)] };
    }

    private language(text: string, language: Language): Analysis {
        const { text: filled } = fillVariables(text, this.values);
        const { result, mistakes } = language(filled, this.truth);
        return { result, mistakes: [...this.unknownVariables(text), ...mistakes] };
    }

    private ofTempo({ query = "", serviceMapQuery, queryType }: Target): string[] {
        if (queryType === "serviceMap") {
            const selectors = typeof serviceMapQuery === "string" ? [serviceMapQuery] : (serviceMapQuery ?? []);
            return selectors.flatMap(
                (selector) => this.language(`traces_service_graph_request_total${selector}`, analysePromQL).mistakes,
            );
        }
        return [
            ...this.unknownVariables(query),
            ...traceQLMistakes(fillVariables(query, this.values).text, this.truth),
        ];
    }

    private ofProfiles({ labelSelector = "{}", profileTypeId = "", groupBy = [] }: Target): string[] {
        const { labels, types } = this.truth.profiles;
        const asked = [...fillVariables(labelSelector, this.values).text.matchAll(/([\w.]+)\s*(?:=~|!~|!=|=)\s*"/g)];
        return [
            ...this.unknownVariables(labelSelector),
            ...[...asked.map(([, label = ""]) => label), ...groupBy]
                .filter((label) => !labels.has(label))
                .map((label) => `no profile has the label "${label}"${didYouMean(label, labels)}`),
            ...(types.has(profileTypeId) || profileTypeId.includes("$")
                ? []
                : [`there are no profiles of the type "${profileTypeId}"${didYouMean(profileTypeId, types)}`]),
        ];
    }

    private unknownVariables(text: string): string[] {
        const known = this.variables().map(({ name }) => name);
        return fillVariables(text)
            .used.filter((name) => !known.includes(name))
            .map((name) => `uses $${name}, which is no variable of this dashboard${didYouMean(name, known)}`);
    }

    private linksIn(text: string): string[] {
        return [...text.matchAll(/\]\((\/[^)]*)\)/g)].flatMap(([, url = ""]) => this.ofUrl(url));
    }

    private ofLink({ type, url = "", tags = [] }: Link): string[] {
        if (type !== "dashboards") {
            return this.ofUrl(url);
        }
        return this.boards.some((board) => tags.every((tag) => board.tags?.includes(tag)))
            ? []
            : [`a link leads to dashboards with the tags ${tags.join(", ")}, which none has`];
    }

    private ofUrl(url: string): string[] {
        const [, uid] = /^\/d\/([^/?#]+)/.exec(url) ?? [];
        const parameters = new URLSearchParams(url.split("?")[1] ?? "");
        if (uid !== undefined) {
            return this.ofDashboardUrl(uid, url, parameters);
        }
        const panes = parameters.get("panes");
        if (url.startsWith("/explore") && panes !== null) {
            return [...this.unknownVariables(url), ...this.ofPanes(panes)];
        }
        return /^(https?:)?\/\/|^\/(alerting|explore|a)\b|^\$\{/.test(url) || url === ""
            ? []
            : [`a link leads to ${url}, which is neither a dashboard nor Explore`];
    }

    private ofDashboardUrl(uid: string, url: string, parameters: URLSearchParams): string[] {
        const target = this.boards.find((board) => board.uid === uid);
        if (target === undefined) {
            const known = this.boards.map((board) => board.uid);
            return [`a link leads to the dashboard ${uid}, which does not exist${didYouMean(uid, known)}`];
        }
        const known = (target.templating?.list ?? []).map(({ name }) => name);
        const given = [...parameters.keys()].filter((key) => key.startsWith("var-")).map((key) => key.slice(4));
        return [
            ...this.unknownVariables(url),
            ...given
                .filter((name) => !known.includes(name))
                .map(
                    (name) =>
                        `a link gives ${uid} the variable ${name}, which it does not have${didYouMean(name, known)}`,
                ),
        ];
    }

    /** The queries that Explore is opened with. */
    private ofPanes(text: string): string[] {
        let panes: Record<string, { datasource?: string; queries?: Target[] }>;
        try {
            panes = JSON.parse(text) as typeof panes;
        } catch {
            return [`a link opens Explore with what is no JSON: ${text}`];
        }
        return Object.values(panes).flatMap(({ datasource, queries = [] }) =>
            queries.flatMap((query) =>
                this.ofTarget(query, datasource).mistakes.map((mistake) => `a link to Explore: ${mistake}`),
            ),
        );
    }
}

type Language = (text: string, truth: Truth) => Analysis;

function panelsOf(panels: Panel[]): Panel[] {
    return panels.flatMap((panel) => [panel, ...panelsOf(panel.panels ?? [])]);
}

function missing(vector: Vector, label: string, verb: string): string[] {
    return hasLabel(vector, label)
        ? []
        : [`${verb} the label "${label}", which ${vector.name} does not have${didYouMean(label, vector.labels)}`];
}
