import type { EngineEvent } from "@pulumi/pulumi/automation";
import { Listr, type ListrTaskWrapper } from "listr2";
import type { Resource } from "../record";
import { shorten } from "../shorten";

// The reason why an image cannot be pulled has several hundred characters.
const maxMessageLength = 160;

/** Computes the state of each component from the events of Pulumi. Prints nothing. */
export class ComponentProgress {
    private readonly parents = new Map<string, string>();
    /** URNs of the resources that are in progress, by component. */
    private readonly pending = new Map<string, Set<string>>();
    private readonly lastMessages = new Map<string, string>();
    private readonly failures = new Map<string, string>();
    private readonly ended = new Set<string>();
    /** URNs of the resources whose update failed. */
    readonly failedUpdates: string[] = [];

    constructor(private readonly components: Components) {}

    /** Processes one event of the Pulumi engine. */
    handle({
        resourcePreEvent: started,
        resOutputsEvent: done,
        resOpFailedEvent: failed,
        diagnosticEvent,
    }: EngineEvent): void {
        if (failed?.metadata.op === "update") {
            this.failedUpdates.push(failed.metadata.urn);
        }
        const metadata = (started ?? done ?? failed)?.metadata;
        if (metadata !== undefined) {
            this.parents.set(metadata.urn, (metadata.new ?? metadata.old)?.parent ?? "");
            const pending = this.pendingIn(this.componentOf(metadata.urn));
            if (started !== undefined) {
                pending.add(metadata.urn);
            } else {
                pending.delete(metadata.urn);
                this.ended.add(resourceName(metadata.urn));
                this.lastMessages.delete(metadata.urn);
            }
        } else if (diagnosticEvent?.urn !== undefined) {
            this.handleMessage(diagnosticEvent.urn, diagnosticEvent.severity, diagnosticEvent.message);
        }
    }

    /** The objects of a component that are in progress, with the last message of each. Empty if there are none. */
    pendingObjects(component: string): string {
        const texts = this.objectsIn(component).map((urn) => {
            const message = this.lastMessages.get(urn);
            return message === undefined ? nameOf(urn) : `${nameOf(urn)} (${shorten(message, maxMessageLength)})`;
        });
        return texts.join(", ");
    }

    /** Whether an object is in progress. @param object kind and name, such as "StatefulSet loki". */
    isPending(object: string): boolean {
        return [...this.pending.values()].some((urns) => [...urns].some((urn) => nameOf(urn) === object));
    }

    /** Whether all resources of a component are complete. */
    isFinished(component: string): boolean {
        const names = this.components.get(component) ?? [];
        return this.pendingIn(component).size === 0 && names.every((name) => this.ended.has(name));
    }

    /** The reason why a component is not complete after the end of the run. Undefined if it is complete. */
    failure(component: string, succeeded: boolean): string | undefined {
        const pending = this.objectsIn(component).map(nameOf).join(", ");
        const stopped = pending === "" ? "it was not completed" : `it was interrupted while it waited for ${pending}`;
        return this.failures.get(component) ?? (succeeded ? undefined : stopped);
    }

    private handleMessage(urn: string, severity: string, message: string): void {
        const component = this.componentOf(urn);
        const text = (message.trim().split("\n")[0] ?? "").replace(/^\[\d\/\d\] /, "");
        if (component === undefined || text === "" || severity === "debug") {
            return;
        }
        if (severity === "error") {
            this.failures.set(component, `${nameOf(urn)}: ${firstCause(message)}`);
        } else {
            this.lastMessages.set(urn, text);
        }
    }

    private objectsIn(component: string): string[] {
        // A chart is in progress as long as one of its objects is.
        return [...this.pendingIn(component)].filter((urn) => !/:Chart::[^:]+$/.test(urn));
    }

    private pendingIn(component: string | undefined): Set<string> {
        const pending = this.pending.get(component ?? "") ?? new Set();
        this.pending.set(component ?? "", pending);
        return pending;
    }

    private componentOf(urn: string): string | undefined {
        for (let ancestor: string | undefined = urn; ancestor; ancestor = this.parents.get(ancestor)) {
            const name = resourceName(ancestor);
            if (this.components.has(name) && /:index:\w+::[^:]+$/.test(ancestor)) {
                return name;
            }
        }
        return undefined;
    }
}

function resourceName(urn: string): string {
    return urn.split("::").at(-1) ?? "";
}

/** The kind and the name of a resource, without chart and namespace: "StatefulSet loki". */
function nameOf(urn: string): string {
    const [type = "", name = ""] = urn.split("::").slice(-2);
    const kind = type.split(":").at(-1) ?? "";
    return `${kind} ${name.split(":").at(-1)?.split("/").at(-1)}`;
}

/** Finds the cause in an error message of the Kubernetes provider, which has several lines. */
function firstCause(message: string): string {
    const [, server] = /by the Kubernetes API server: (.*)/.exec(message) ?? [];
    const causes = [...message.matchAll(/^\s+\* (.*)/gm)].map(([, cause = ""]) => cause);
    const cause = server ?? causes.at(-1) ?? message.trim().split("\n")[0] ?? "";
    const unnamed = cause.replace(/^(\w+ of )?resource "urn:[^"]*" (failed: )?/, "");
    return unnamed.replace(/^was successfully created, but .* or become live: /, "");
}

/** The names of the components. Each has the names of its resources, including its own name. */
export type Components = Map<string, string[]>;

/** The components of the stack in the order in which the program creates them. */
export function componentsOf(resources: Resource[]): Components {
    const stack = resources.find(({ type }) => type.endsWith(":index:ObservabilityStack"));
    const names = resources
        .filter(({ type, parent }) => parent === stack?.name && type.includes(":index:"))
        .map(({ name }) => name);
    return new Map(
        names.map((name) => [
            name,
            resources
                .filter((resource) => resource.name === name || resource.parent === name)
                .map(({ name: part }) => part),
        ]),
    );
}

/**
 * Shows the progress of each component during an operation: as a list on a terminal, otherwise as one line for each change.
 *
 * @param operation receives the handler for the events of Pulumi, and the progress so far.
 * @throws the error of the operation.
 */
export async function showProgress<T>(
    components: Components,
    operation: (onEvent: (event: EngineEvent) => void, progress: ComponentProgress) => Promise<T>,
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
            // The operation handles Ctrl-C, and its end also ends the list.
            registerSignalListeners: false,
            fallbackRenderer: "simple",
        },
    );
    const last = new Map<string, string>();
    const update = () => {
        for (const [name, task] of tasks) {
            if (progress.isFinished(name)) {
                ends.get(name)?.();
                continue;
            }
            const text = progress.pendingObjects(name);
            if (text !== "" && text !== last.get(name)) {
                last.set(name, text);
                task.output = process.stdout.isTTY ? text : `${name} is waiting for ${text}`;
            }
        }
    };
    const timer = setInterval(update, process.stdout.isTTY ? 250 : 5000);
    let shown: Promise<unknown> | undefined;
    let succeeded = false;
    try {
        const result = await operation((event) => {
            // An operation that fails before its first event shows no list.
            shown ??= list.run();
            progress.handle(event);
        }, progress);
        succeeded = true;
        return result;
    } finally {
        clearInterval(timer);
        ends.forEach((end, name) => end(progress.failure(name, succeeded)));
        await shown;
    }
}

type Task = ListrTaskWrapper<unknown, any, any>;
