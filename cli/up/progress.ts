import type { EngineEvent } from "@pulumi/pulumi/automation";
import { Listr, type ListrTaskWrapper } from "listr2";
import type { Resource } from "../record";

/** Turns the events of a run into the state of each component. Says nothing itself. */
export class ComponentProgress {
    private readonly parents = new Map<string, string>();
    private readonly open = new Map<string, Set<string>>();
    private readonly told = new Map<string, string>();
    private readonly failures = new Map<string, string>();

    private readonly ended = new Set<string>();

    constructor(private readonly components: Components) {}

    /** One event of Pulumi's engine. */
    take({
        resourcePreEvent: begun,
        resOutputsEvent: done,
        resOpFailedEvent: failed,
        diagnosticEvent,
    }: EngineEvent): void {
        const metadata = (begun ?? done ?? failed)?.metadata;
        if (metadata !== undefined) {
            this.parents.set(metadata.urn, (metadata.new ?? metadata.old)?.parent ?? "");
            const open = this.openIn(this.componentOf(metadata.urn));
            if (begun !== undefined) {
                open.add(metadata.urn);
            } else {
                open.delete(metadata.urn);
                this.ended.add(resourceName(metadata.urn));
                this.told.delete(metadata.urn);
            }
        } else if (diagnosticEvent?.urn !== undefined) {
            this.diagnose(diagnosticEvent.urn, diagnosticEvent.severity, diagnosticEvent.message);
        }
    }

    /** What a component waits for now; empty: nothing. */
    waitsFor(component: string): string {
        // A chart is open as long as any of its objects is.
        const objects = [...this.openIn(component)].filter((urn) => !/:Chart::[^:]+$/.test(urn));
        const texts = objects.map((urn) => {
            const told = this.told.get(urn);
            return told === undefined ? nameOf(urn) : `${nameOf(urn)} (${told})`;
        });
        return texts.join(", ");
    }

    /** Whether all that the program makes of a component has its end. */
    finished(component: string): boolean {
        const parts = this.components.get(component) ?? [];
        return this.openIn(component).size === 0 && parts.every((part) => this.ended.has(part));
    }

    /** Why a component has not come to its end, once the run is over; undefined: it has. */
    failure(component: string, succeeded: boolean): string | undefined {
        const open = [...this.openIn(component)].map(nameOf).join(", ");
        const stopped = open === "" ? "not finished" : `stopped at ${open}`;
        return this.failures.get(component) ?? (succeeded ? undefined : stopped);
    }

    private diagnose(urn: string, severity: string, message: string): void {
        const component = this.componentOf(urn);
        const text = (message.trim().split("\n")[0] ?? "").replace(/^\[\d\/\d\] /, "");
        if (component === undefined || text === "" || severity === "debug") {
            return;
        }
        if (severity === "error") {
            this.failures.set(component, `${nameOf(urn)}: ${firstCause(message)}`);
        } else {
            this.told.set(urn, text);
        }
    }

    private openIn(component: string | undefined): Set<string> {
        const open = this.open.get(component ?? "") ?? new Set();
        this.open.set(component ?? "", open);
        return open;
    }

    private componentOf(urn: string): string | undefined {
        for (let at: string | undefined = urn; at; at = this.parents.get(at)) {
            const name = resourceName(at);
            if (this.components.has(name) && /:index:\w+::[^:]+$/.test(at)) {
                return name;
            }
        }
        return undefined;
    }
}

function resourceName(urn: string): string {
    return urn.split("::").at(-1) ?? "";
}

/** The last part of a resource's name, behind its chart: "monitoring/loki", or the name of the type. */
function nameOf(urn: string): string {
    const [type = "", name = ""] = urn.split("::").slice(-2);
    const kind = type.split(":").at(-1) ?? "";
    return `${kind} ${name.split(":").at(-1)?.split("/").at(-1)}`;
}

/** Pulumi's provider says in several lines that something went wrong, and then what. */
function firstCause(message: string): string {
    const [, server] = /by the Kubernetes API server: (.*)/.exec(message) ?? [];
    const causes = [...message.matchAll(/^\s+\* (.*)/gm)].map(([, cause = ""]) => cause);
    return server ?? causes.at(-1) ?? message.trim().split("\n")[0] ?? "";
}

/** Names of the components, each with the names of the resources that the program makes for it, its own included. */
export type Components = Map<string, string[]>;

/** The stack's components in the order in which the program makes them. */
export function componentsOf(resources: Resource[]): Components {
    const stack = resources.find(({ type }) => type.endsWith(":index:ObservabilityStack"));
    const names = resources
        .filter(({ type, parent }) => parent === stack?.name && type.includes(":index:"))
        .map(({ name }) => name);
    return new Map(
        names.map((name) => [
            name,
            resources.filter((resource) => resource.name === name || resource.parent === name).map((part) => part.name),
        ]),
    );
}

/**
 * Shows each component's progress while a run goes on: a list that is drawn again on a terminal, a line a change elsewhere.
 *
 * @param operation is given what takes the events of the run.
 * @throws what the operation throws.
 */
export async function showProgress<T>(
    components: Components,
    operation: (onEvent: (event: EngineEvent) => void) => Promise<T>,
): Promise<T> {
    const progress = new ComponentProgress(components);
    const ends = new Map<string, (failure?: string) => void>();
    const tasks = new Map<string, Task>();
    const list = new Listr(
        [...components.keys()].map((name) => ({
            title: name,
            task: (_: unknown, task: Task) =>
                new Promise<void>((resolve, reject) => {
                    tasks.set(name, task);
                    ends.set(name, (failure) =>
                        failure === undefined ? resolve() : reject(new Error(`${name}: ${failure}`)),
                    );
                }),
        })),
        {
            concurrent: true,
            exitOnError: false,
            // Ctrl-C is the run's, which ends the list when it is over.
            registerSignalListeners: false,
            fallbackRenderer: "simple",
        },
    );
    const last = new Map<string, string>();
    const tell = () => {
        for (const [name, task] of tasks) {
            if (progress.finished(name)) {
                ends.get(name)?.();
                continue;
            }
            const text = progress.waitsFor(name);
            if (text !== "" && text !== last.get(name)) {
                last.set(name, text);
                task.output = process.stdout.isTTY ? text : `${name} waits for ${text}`;
            }
        }
    };
    const timer = setInterval(tell, process.stdout.isTTY ? 250 : 5000);
    let shown: Promise<unknown> | undefined;
    let succeeded = false;
    try {
        const result = await operation((event) => {
            // A run that is refused has no events, and no progress.
            shown ??= list.run();
            progress.take(event);
        });
        succeeded = true;
        return result;
    } finally {
        clearInterval(timer);
        ends.forEach((end, name) => end(progress.failure(name, succeeded)));
        await shown;
    }
}

type Task = ListrTaskWrapper<unknown, any, any>;
