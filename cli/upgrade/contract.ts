import { contract } from "../../components/contract";
import type { KubernetesObject } from "../manifests";
import { listening, selectedBy, workloads } from "../workloads";
import { type Finding, findings } from "./finding";
import { title } from "./objects";

interface ServicePort {
    port: number;
    targetPort?: number | string;
}

interface Service extends KubernetesObject {
    spec: { ports?: ServicePort[]; selector?: Record<string, string> };
}

/** A release of a chart with its objects. */
export interface RenderedRelease {
    release: string;
    objects: KubernetesObject[];
}

type Part = (typeof contract)[keyof typeof contract];

/**
 * The names and ports of the DNS contract, and the addresses in the configuration of the stack, that a new rendering of a release no longer
 * provides.
 *
 * @param all the new objects of the whole stack, which can use the addresses.
 */
export function contractFindings(before: RenderedRelease, after: RenderedRelease, all: KubernetesObject[]): Finding[] {
    const parts = Object.values<Part>(contract).filter(({ release }) => release === before.release);
    return [
        ...servicesOf(before.objects).flatMap((service) => serviceFindings(service, after.objects, all)),
        ...parts.flatMap((part) => podFindings(part, before.objects, after.objects)),
    ];
}

function servicesOf(objects: KubernetesObject[]): Service[] {
    return objects.filter(({ kind }) => kind === "Service") as Service[];
}

function serviceFindings(service: Service, after: KubernetesObject[], all: KubernetesObject[]): Finding[] {
    const named = servicesOf(after).filter(({ metadata }) => metadata.name === service.metadata.name);
    const found = named.find(({ metadata }) => metadata.namespace === service.metadata.namespace);
    if (found === undefined) {
        const [moved] = named;
        const elsewhere = moved && ` The new one is ${title(moved)}.`;
        const users = usersOf(service, all);
        const inContract = contractPorts(service.metadata.name).length > 0;
        return findings("contract", inContract || users.length > 0 ? "unsafe" : "work", [
            `${title(service)} is removed.${inContract ? " Its name is part of the DNS contract." : ""}${elsewhere ?? ""}${usedBy(users)}`,
        ]);
    }
    return (service.spec.ports ?? []).flatMap((port) => portFindings(service, port, found, { before: [], after, all }));
}

function portFindings(
    service: Service,
    { port }: ServicePort,
    found: Service,
    { after, all }: { before: KubernetesObject[]; after: KubernetesObject[]; all: KubernetesObject[] },
): Finding[] {
    const users = usersOf(service, all, port);
    const inContract = contractPorts(service.metadata.name).includes(port);
    const severity = inContract || users.length > 0 ? "unsafe" : "note";
    const reason = `${inContract ? " The port is part of the DNS contract." : ""}${usedBy(users)}`;
    const same = found.spec.ports?.find((candidate) => candidate.port === port);
    if (same === undefined) {
        return findings("contract", severity, [`${title(service)} no longer has the port ${port}.${reason}`]);
    }
    const { selector } = found.spec;
    if (selector === undefined || Object.keys(selector).length === 0) {
        return [];
    }
    const pods = selectedBy({ selector }, after);
    if (pods.length === 0) {
        return findings("contract", severity, [`${title(service)} no longer selects any pods.${reason}`]);
    }
    // Containers need not declare ports with a number. A name must be declared.
    const target = same.targetPort ?? port;
    return typeof target === "string" && pods.every((pod) => listening(pod, target) === undefined)
        ? findings("contract", severity, [
              `${title(service)}: no container of its pods has a port with the name "${target}", to which the port ${port} leads.${reason}`,
          ])
        : [];
}

/** The ports of a Service in the DNS contract. Empty if the contract does not contain the Service. */
function contractPorts(name: string): number[] {
    return Object.values<Part>(contract).flatMap((part) =>
        "service" in part && part.service === name ? Object.values<number>(part.ports) : [],
    );
}

/** The objects that contain the address of a Service, or of one of its ports. */
function usersOf({ metadata }: Service, all: KubernetesObject[], port?: number): string[] {
    const host = `${metadata.name}.${metadata.namespace}.svc`.replace(/[.]/g, "\\.");
    const suffix = port === undefined ? "" : port === 80 ? "(?!:\\d)" : `:${port}(?!\\d)`;
    const address = new RegExp(`(?<![\\w-])${host}(\\.cluster\\.local\\.?)?${suffix}`);
    return all.filter((object) => address.test(JSON.stringify(object))).map(title);
}

const mostUsers = 3;

function usedBy(users: string[]): string {
    if (users.length === 0) {
        return "";
    }
    const more = users.length > mostUsers ? ` and ${users.length - mostUsers} more objects` : "";
    return ` It is used in ${users.slice(0, mostUsers).join(", ")}${more}.`;
}

/** Whether pods still have the prefix of the contract in their names. */
function podFindings(part: Part, before: KubernetesObject[], after: KubernetesObject[]): Finding[] {
    const prefix = "service" in part ? part.service : part.release;
    const named = (objects: KubernetesObject[]) =>
        workloads(objects).filter(
            ({ kind, name }) => kind !== "Job" && (name === prefix || name.startsWith(`${prefix}-`)),
        );
    const others = workloads(after)
        .filter(({ kind }) => kind !== "Job")
        .map(({ kind, name }) => `${kind} ${name}`);
    return named(before).length > 0 && named(after).length === 0
        ? findings("contract", "unsafe", [
              `No pods have the prefix ${prefix}- any more, which is part of the contract. The workloads are ${others.join(", ") || "none"}.`,
          ])
        : [];
}
