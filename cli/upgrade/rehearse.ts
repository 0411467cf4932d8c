import { type ChartPin, pins } from "../../components/helm/pins";
import { chartSource } from "../../components/helm/source";
import type { LocatedChart } from "../evaluate";
import { renderChart } from "../helm";
import type { PlanDocument } from "../plan-format";
import { ChartFolders, type ChartFiles } from "./chart-files";
import { compareRelease, type RenderedChart } from "./compare-release";
import { configFindings } from "./configurations";
import { findings } from "./finding";
import { programChanges } from "./program-changes";
import type { StackFindings } from "./report";

/** One side of a comparison: a stack as it is deployed, or as it would be deployed. */
export interface Side {
    charts: LocatedChart[];
    plan: PlanDocument;
    /** Version of Kubernetes. */
    kubernetes: string;
}

/** Two versions of one stack. */
export interface StackRehearsal {
    stack: string;
    before: Side;
    after: Side;
    /** Whether a chart is compared. */
    isChosen: (chart: LocatedChart) => boolean;
    /** Whether a chart is reported even if nothing differs. */
    isExpected: (chart: LocatedChart) => boolean;
}

/** Options of all comparisons. */
export interface RehearsalOptions {
    /** Folders with programs that validate configurations, before those of the PATH. */
    programs: string[];
    /** Receives a line before each long step. */
    progress: (line: string) => void;
}

/** A release on one side. The objects are undefined if Helm could not render them. */
type Rendering = RenderedChart | { chart: LocatedChart; files: ChartFiles; failure: string };

/**
 * Renders both sides of stacks and compares them.
 *
 * @throws Error if a chart cannot be downloaded, or the charts before the change cannot be rendered.
 */
export async function rehearse(stacks: StackRehearsal[], options: RehearsalOptions): Promise<StackFindings[]> {
    const folders = new ChartFolders();
    try {
        const found: StackFindings[] = [];
        for (const [index, stack] of stacks.entries()) {
            options.progress(`[${index + 1}/${stacks.length}] ${stack.stack}: reading charts`);
            found.push(...(await rehearseStack(stack, folders, options)));
        }
        return found;
    } finally {
        folders.remove();
    }
}

async function rehearseStack(
    { stack, before, after, isChosen, isExpected }: StackRehearsal,
    folders: ChartFolders,
    options: RehearsalOptions,
): Promise<StackFindings[]> {
    // Most charts are equal on both sides.
    const rendered = new Map<string, Promise<Rendering>>();
    const render = (side: Side) =>
        Promise.all(
            side.charts.map(async (chart) => {
                const id = JSON.stringify([chart, side.kubernetes]);
                const rendering = rendered.get(id) ?? renderSide(chart, side.kubernetes, folders);
                rendered.set(id, rendering);
                return rendering;
            }),
        );
    options.progress(`${stack}: rendering the current charts`);
    const old = (await render(before)).map(requireRendered);
    options.progress(`${stack}: rendering the new charts`);
    const current = await render(after);
    const all = current.flatMap((rendering) => ("objects" in rendering ? rendering.objects : []));
    const [oldChosen, chosen] = [
        old.filter(({ chart }) => isChosen(chart)),
        current.filter(({ chart }) => isChosen(chart)),
    ];
    const found: StackFindings[] = [];
    for (const rendering of chosen) {
        const from = oldChosen.find(({ chart }) => chart.release === rendering.chart.release);
        if (from !== undefined && (isExpected(rendering.chart) || isChanged(from, rendering))) {
            options.progress(`${stack}: comparing ${rendering.chart.release}`);
            found.push({ stack, ...(await compared(from, rendering, all, options)) });
        }
    }
    return [...found, ...releaseChanges(stack, oldChosen, chosen), ...programFindings(before, after)];
}

async function renderSide(chart: LocatedChart, kubernetes: string, folders: ChartFolders): Promise<Rendering> {
    const files = await folders.get(chart);
    const warnings: string[] = [];
    // The unpacked chart, so that a repository is not asked again.
    const local = { ...chart, source: { chart: files.folder } };
    try {
        const objects = await renderChart(local, kubernetes, (warning) =>
            warnings.push(warning.replaceAll(files.folder, chart.chart)),
        );
        return { chart, files, kubernetes, objects, warnings };
    } catch (error) {
        return { chart, files, failure: (error as Error).message.replaceAll(files.folder, chart.chart) };
    }
}

function requireRendered(rendering: Rendering): RenderedChart {
    if ("failure" in rendering) {
        throw new Error(rendering.failure);
    }
    return rendering;
}

function isChanged(from: RenderedChart, to: Rendering): boolean {
    return (
        "failure" in to ||
        from.files.version !== to.files.version ||
        JSON.stringify(from.objects) !== JSON.stringify(to.objects) ||
        JSON.stringify(from.chart.values) !== JSON.stringify(to.chart.values)
    );
}

async function compared(
    from: RenderedChart,
    to: Rendering,
    all: RenderedChart["objects"],
    { programs }: RehearsalOptions,
): Promise<Omit<StackFindings, "stack">> {
    const release = {
        release: to.chart.release,
        chart: to.chart.chart,
        from: from.files.version,
        to: to.files.version,
        appVersion: { from: from.files.appVersion, to: to.files.appVersion },
    };
    if ("failure" in to) {
        const text = `Helm cannot render chart ${release.chart} ${release.to}: ${reasonOf(to.failure)}`;
        return { ...release, findings: findings("render", "unsafe", [text]), images: [], fields: [] };
    }
    const changes = compareRelease(from, to, all);
    const configurations = await configFindings(from.objects, to.objects, programs);
    return { ...release, ...changes, findings: [...changes.findings, ...configurations] };
}

/** The reason in a message of Helm, without its hints. */
function reasonOf(message: string): string {
    const [, reason] = /^Error: ([\s\S]+?)(?:\n\n|$(?![\s\S]))/m.exec(message) ?? [];
    return (reason ?? message).replace(/\s+/g, " ").trim();
}

/** Releases that only one side has. */
function releaseChanges(stack: string, old: RenderedChart[], current: Rendering[]): StackFindings[] {
    const names = (all: Rendering[]) => all.map(({ chart }) => chart.release);
    const removed = old.filter(({ chart }) => !names(current).includes(chart.release));
    const added = current.filter(({ chart }) => !names(old).includes(chart.release));
    const report = ({ chart, files }: Rendering, severity: "unsafe" | "note", text: string): StackFindings => ({
        stack,
        release: chart.release,
        chart: chart.chart,
        from: files.version,
        to: files.version,
        findings: findings("objects", severity, [text]),
        images: [],
        fields: [],
    });
    return [
        ...removed.map((each) =>
            report(each, "unsafe", `The release ${each.chart.release} is removed, with all of its objects.`),
        ),
        ...added.map((each) => report(each, "note", `The release ${each.chart.release} is added.`)),
    ];
}

function programFindings(before: Side, after: Side): StackFindings[] {
    const changes = programChanges(before.plan, after.plan);
    return changes.findings.length === 0 && changes.fields.length === 0 ? [] : [changes];
}

/** The chart in another version. @param mirror replaces the repository of the chart. Default: none. */
export function inVersion(chart: LocatedChart, version: string, mirror: string | undefined): LocatedChart {
    const pin = { ...pinOf(chart.chart), version };
    return {
        ...chart,
        version,
        repository: pin.repository ?? chart.repository,
        source: chartSource(pin, mirror),
    };
}

/** The pin of a chart. @throws Error if no component uses the chart. */
export function pinOf(name: string): ChartPin {
    const pin = Object.values<ChartPin>(pins).find((candidate) => candidate.name === name);
    if (pin === undefined) {
        throw new Error(`no component uses the chart ${name}`);
    }
    return pin;
}
