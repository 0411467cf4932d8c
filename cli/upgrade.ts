import { Command } from "commander";
import { valid } from "semver";
import { type ChartPin, pins } from "../components/helm/pins";
import { oneOfText } from "../validation/nearest";
import { evaluateStack, type Evaluation, stackNames } from "./evaluate";
import { defaultKubeVersion, requireHelm } from "./helm";
import { verboseHelp } from "./options";
import { planDocument } from "./plan-format";
import { run, start } from "./run";
import { locateChart, planInFolder } from "./upgrade/base";
import { inVersion, rehearse, type Side, type StackRehearsal } from "./upgrade/rehearse";
import { markdownReport } from "./upgrade/markdown";
import { formatReport, reportOf, type UpgradeReport } from "./upgrade/report";
import { assignedSettings, parseAssignment } from "./upgrade/settings";
import { availableVersions, missingVersion, newestVersion } from "./upgrade/versions";

interface UpgradeOptions {
    to?: string;
    stack?: string[];
    kubernetes?: string;
    fromKubernetes: string;
    set?: string[];
    against?: string;
    mirror?: string;
    fromMirror?: string;
    programs?: string[];
    allowUnchecked?: boolean;
    json?: boolean;
    markdown?: boolean;
    diff?: boolean;
    verbose?: boolean;
}

/** What all stacks of a run share. */
interface Context {
    progress: (line: string) => void;
    /** The versions of charts by name and source, so that each source is asked once. */
    lookedUp: Map<string, Promise<string[]>>;
}

/** Exit code if the comparison could not run. Exit code 1 means that the upgrade is not safe as it is. */
const couldNotRun = 2;

const remotePins = Object.values<ChartPin>(pins).filter(({ repository }) => repository !== undefined);

export const command = new Command("upgrade")
    .description(
        "Rehearses an upgrade without a cluster: renders each stack with the pinned charts and with other versions, with the values of the stack, and reports what " +
            "changes and what would break. Exit code 0: safe. 1: unsafe, needs work, or not fully checked. 2: the comparison could not run.",
    )
    .argument(
        "[chart]",
        `chart to upgrade: ${remotePins.map(({ name }) => name).join(", ")} (default: all charts, to their newest versions)`,
    )
    .option("--to <version>", "version of the chart (default: the newest one)")
    .option("--stack <name...>", "stacks to compare (default: all stack files)")
    .option(
        "--kubernetes <version>",
        "version of Kubernetes after the upgrade; without a chart, the charts stay as they are",
    )
    .option("--from-kubernetes <version>", "version of Kubernetes before the upgrade", defaultKubeVersion)
    .option("--set <key=value...>", "compare with other settings instead of another chart, such as replicas.loki=3")
    .option("--against <folder>", "compare the stacks of another checkout of this project with those of this one")
    .option(
        "--mirror <path>",
        "source of all charts: a folder of .tgz files, an oci:// registry, or the URL of a Helm repository. Overrides the setting charts.mirror.",
    )
    .option("--from-mirror <path>", "source of the pinned charts, if it differs from that of the new ones")
    .option(
        "--programs <folder...>",
        "folders with the programs that validate generated configurations, such as loki or loki-3.7.6 (default: the PATH)",
    )
    .option("--allow-unchecked", "exit with code 0 even if a configuration could not be checked")
    .option("--json", "print the report as one JSON document")
    .option("--markdown", "print the report as the comment of a pull request")
    .option("--diff", "print all notes and every changed field")
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : couldNotRun))
    .option("--verbose", verboseHelp)
    .action((chart: string | undefined, options: UpgradeOptions) =>
        run(() => upgrade(chart, options), { ...options, failure: couldNotRun }),
    );

async function upgrade(chart: string | undefined, options: UpgradeOptions): Promise<void> {
    checkOptions(chart, options);
    await requireHelm();
    const progress = (line: string) => console.error(line);
    const context: Context = { progress, lookedUp: new Map() };
    const stacks = options.stack ?? stackNames();
    if (stacks.length === 0) {
        throw new Error("there is no stack file Pulumi.STACK.yaml in this folder");
    }
    const rehearsals: StackRehearsal[] = [];
    for (const stack of stacks) {
        progress(`${stack}: evaluating the program`);
        const rehearsal = await sidesOf(stack, chart, options, context);
        if (rehearsal !== undefined) {
            rehearsals.push(rehearsal);
        }
    }
    const found = await rehearse(rehearsals, { programs: options.programs ?? [], progress });
    const kubernetes = { from: options.fromKubernetes, to: options.kubernetes ?? options.fromKubernetes };
    const report = reportOf(found, kubernetes);
    console.log(print(report, options));
    const accepted = ["safe", ...(options.allowUnchecked ? ["not fully checked"] : [])];
    process.exitCode = accepted.includes(report.verdict) ? 0 : 1;
}

function print(report: UpgradeReport, { json, markdown, diff = false }: UpgradeOptions): string {
    if (json) {
        return JSON.stringify(report, null, 2);
    }
    return markdown ? markdownReport(report) : formatReport(report, { full: diff });
}

/** @throws Error if options do not fit together. */
function checkOptions(
    chart: string | undefined,
    { to, set, against, kubernetes, fromKubernetes }: UpgradeOptions,
): void {
    const names = Object.values<ChartPin>(pins).map(({ name }) => name);
    if (chart !== undefined && !names.includes(chart)) {
        throw new Error(`the chart is "${chart}"; it must be ${oneOfText(chart, names)}`);
    }
    if (to !== undefined && chart === undefined) {
        throw new Error("--to needs a chart, such as: npm run upgrade -- tempo --to 3.0.0");
    }
    if (to !== undefined && (set !== undefined || against !== undefined)) {
        throw new Error(
            `--to cannot be used with ${set === undefined ? "--against" : "--set"}; compare one after the other`,
        );
    }
    if (set !== undefined && against !== undefined) {
        throw new Error("--set cannot be used with --against; compare one after the other");
    }
    const isOwn = chart !== undefined && !remotePins.some(({ name }) => name === chart);
    if (isOwn && set === undefined && against === undefined && (to !== undefined || kubernetes === undefined)) {
        throw new Error(
            `the chart ${chart} belongs to this repository and has no other versions; compare with another checkout by --against FOLDER`,
        );
    }
    for (const [name, version] of Object.entries({ "--kubernetes": kubernetes, "--from-kubernetes": fromKubernetes })) {
        if (version !== undefined && valid(version) === null) {
            throw new Error(`${name} is "${version}"; it must be a complete version, such as ${defaultKubeVersion}`);
        }
    }
}

/** Both sides of the comparison of a stack. Undefined if only one side has the stack. */
async function sidesOf(
    stack: string,
    chart: string | undefined,
    options: UpgradeOptions,
    { progress, lookedUp }: Context,
): Promise<StackRehearsal | undefined> {
    const { against, set = [], kubernetes, fromKubernetes } = options;
    const fromMirror = options.fromMirror ?? options.mirror;
    const evaluation = await evaluateStack(stack, mirrorSettings(against === undefined ? fromMirror : options.mirror));
    const isChosen = ({ chart: name }: { chart: string }) => chart === undefined || name === chart;
    const side = (charts: Side["charts"], version: string, plan = planDocument(evaluation)): Side => ({
        charts,
        plan,
        kubernetes: version,
    });
    const after = kubernetes ?? fromKubernetes;
    if (against !== undefined) {
        const plan = await planInFolder(against, stack);
        if (plan === undefined) {
            progress(`${stack}: this stack does not exist in ${against}`);
            return undefined;
        }
        const charts = plan.charts.map((each) => locateChart(each, against, fromMirror));
        return {
            stack,
            before: side(charts, fromKubernetes, plan),
            after: side(evaluation.charts, after),
            isChosen,
            isExpected: () => false,
        };
    }
    if (set.length > 0) {
        const changed = await evaluateStack(stack, {
            ...assignedSettings(stack, set.map(parseAssignment)),
            ...mirrorSettings(fromMirror),
        });
        return {
            stack,
            before: side(evaluation.charts, fromKubernetes),
            after: side(changed.charts, after, planDocument(changed)),
            isChosen,
            isExpected: () => chart !== undefined,
        };
    }
    const isKubernetesOnly = kubernetes !== undefined && chart === undefined;
    const versions = isKubernetesOnly
        ? new Map<string, string>()
        : await newVersions(evaluation, chart, options, { progress, lookedUp });
    const mirror = options.mirror ?? evaluation.settings.charts.mirror;
    return {
        stack,
        before: side(evaluation.charts, fromKubernetes),
        after: side(
            evaluation.charts.map((each) => {
                const version = versions.get(each.chart);
                return version === undefined || version === each.version ? each : inVersion(each, version, mirror);
            }),
            after,
        ),
        isChosen,
        isExpected: (each) => kubernetes !== undefined || versions.has(each.chart),
    };
}

function mirrorSettings(mirror: string | undefined): object {
    return mirror === undefined ? {} : { charts: { mirror } };
}

/**
 * The new version of each chart of a stack.
 *
 * @throws Error if a version does not exist. The message contains the nearest ones.
 */
async function newVersions(
    { settings, charts }: Evaluation,
    chart: string | undefined,
    { to, mirror = settings.charts.mirror }: UpgradeOptions,
    { progress, lookedUp }: Context,
): Promise<Map<string, string>> {
    const wanted = remotePins.filter(
        ({ name }) => (chart === undefined || name === chart) && charts.some((each) => each.chart === name),
    );
    const versions = new Map<string, string>();
    for (const pin of wanted) {
        const source = mirror ?? pin.repository ?? "";
        const id = `${pin.name} ${source}`;
        const known = lookedUp.get(id);
        if (known === undefined) {
            progress(`${pin.name}: reading the versions in ${source}`);
        }
        const versionsOf = known ?? availableVersions(pin, mirror, valid(to) ?? pin.version);
        lookedUp.set(id, versionsOf);
        const available = await versionsOf;
        const version = to ?? newestVersion(available, pin.version);
        if (version === undefined || (to !== undefined && !available.includes(to))) {
            throw new Error(missingVersion(pin.name, to ?? pin.version, source, available));
        }
        versions.set(pin.name, version);
    }
    return versions;
}

start(command, module);
