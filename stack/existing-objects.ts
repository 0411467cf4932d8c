import type { V1ObjectMeta } from "@kubernetes/client-node";
import { ownerAnnotation, ownerConfigMapName } from "../components/ownership";
import type { Settings } from "../settings/resolve";

/** An object of the cluster, without its content. */
export interface ExistingObject {
    kind: string;
    metadata: V1ObjectMeta;
}

/** A Dapr Configuration of the cluster. */
export interface ExistingConfiguration {
    metadata: V1ObjectMeta;
    spec?: { tracing?: { zipkin?: { endpointAddress?: string } } };
}

/** What the cluster has at the names that a stack uses. A fact is undefined if the object does not exist, or could not be read. */
export interface ExistingFacts {
    /** The namespace of the stack. */
    namespace?: ExistingObject;
    /** Identity of the Pulumi stack in the ConfigMap of the namespace. */
    owner?: string;
    /** The objects with a name that the stack uses. */
    objects: ExistingObject[];
    /** The Configurations in the application namespaces. */
    configurations: ExistingConfiguration[];
}

/** The Pulumi stack that is deployed. */
export interface OwnStack {
    /** See stackIdentity. */
    identity: string;
    /** The namespace of the last deployment. Undefined before the first one. */
    namespace: string | undefined;
    /** Whether the state contains the namespace of the stack. Undefined if it is unknown. */
    hasNamespace?: boolean | undefined;
}

/**
 * Whether only the namespace of a stack remains, because `pulumi destroy` does not delete a namespace with protected data. After an interrupted
 * first deployment, the state must decide: see OwnStack.
 */
export function mayBeRemaining(
    own: OwnStack,
    { namespace, createNamespace }: Pick<Settings, "namespace" | "createNamespace">,
    facts: Pick<ExistingFacts, "namespace" | "owner">,
): boolean {
    return (
        createNamespace &&
        own.namespace !== namespace &&
        facts.owner === undefined &&
        facts.namespace?.metadata.annotations?.[ownerAnnotation] === own.identity
    );
}

/** Whether the objects in a namespace belong to a stack: after a deployment, or after one that was interrupted. */
export function ownsNamespace(
    own: OwnStack,
    { namespace }: Pick<Settings, "namespace">,
    facts: Pick<ExistingFacts, "namespace" | "owner">,
): boolean {
    return (
        own.namespace === namespace ||
        facts.owner === own.identity ||
        (facts.owner === undefined && facts.namespace?.metadata.annotations?.[ownerAnnotation] === own.identity)
    );
}

/** What exists although the stack would create it: sentences that begin with the key of a setting. */
export interface ExistingMistakes {
    /** About objects in the namespace of the stack. Nothing else in this namespace belongs to the stack either. */
    namespace: string[];
    /** About Dapr Configurations. */
    configurations: string[];
}

/** Finds the objects on which Pulumi would fail, after it had created others. */
export function existingMistakes(facts: ExistingFacts, settings: Settings, own: OwnStack): ExistingMistakes {
    const owned = ownsNamespace(own, settings, facts);
    const isDeployed = owned || own.namespace !== undefined;
    const remains = own.hasNamespace === false && mayBeRemaining(own, settings, facts);
    return {
        namespace: remains
            ? [remainingSentence(settings.namespace, own)]
            : owned
              ? []
              : namespaceMistakes(facts, settings, own),
        configurations: facts.configurations.flatMap((found) =>
            configurationMistakes(found, settings, own, isDeployed),
        ),
    };
}

/** The name of a stack, without its digest. */
function stackText(identity: string, own?: OwnStack): string {
    const [name, ownName] = [identity, own?.identity].map((text) => text?.split("#")[0]);
    return `the Pulumi stack ${name}${name === ownName ? " of another Pulumi backend" : ""}`;
}

const adopt = "To make them part of this stack instead, run Pulumi once with PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true.";

function remainingSentence(namespace: string, { identity }: OwnStack): string {
    const stack = identity.split("#")[0]?.split("/").at(-1);
    return `createNamespace is true, but namespace ${namespace} remains from an earlier deployment of this stack, because \`pulumi destroy\` does not delete it. To use it and its volumes again, set createNamespace to false. To make it part of this stack again, run Pulumi once with PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true. To delete it with its volumes, run \`npm run down -- ${stack}\`.`;
}

function namespaceMistakes(
    { namespace: found, owner, objects }: ExistingFacts,
    settings: Settings,
    own: OwnStack,
): string[] {
    const { namespace } = settings;
    const key = `namespace is ${JSON.stringify(namespace)}`;
    if (found?.metadata.deletionTimestamp !== undefined) {
        return [`${key}, but this namespace is being deleted. Wait until it does not exist, and deploy again.`];
    }
    if (owner !== undefined) {
        return [
            `${key}, but this namespace has ${stackText(owner, own)}, according to ConfigMap ${ownerConfigMapName}. Set another namespace: each stack needs its own.`,
        ];
    }
    const inNamespace = byOwner(objects.filter(({ metadata }) => metadata.namespace !== undefined));
    const inCluster = byOwner(objects.filter(({ metadata }) => metadata.namespace === undefined));
    const sentences = [
        ...inNamespace.map(
            ([description, group]) =>
                `${key}, but ${listed(group)} in this namespace, and the stack needs ${group.length === 1 ? "this name" : "these names"}. ${description} Set another namespace, or delete ${group.length === 1 ? "it" : "them"} first. ${adopt}`,
        ),
        ...inCluster.map(
            ([description, group]) =>
                `${key}, but ${listed(group)} in the cluster, and the stack of this namespace needs ${group.length === 1 ? "this name" : "these names"}. ${description} Set another namespace, or delete ${group.length === 1 ? "it" : "them"} if nothing uses ${group.length === 1 ? "it" : "them"}. ${adopt}`,
        ),
    ];
    // A namespace with such objects is no namespace for this stack.
    return found !== undefined && settings.createNamespace && inNamespace.length === 0
        ? [
              ...sentences,
              `createNamespace is true, but namespace ${namespace} already exists. ${ownerSentence(found)} Set createNamespace to false, and give the namespace the label pod-security.kubernetes.io/enforce=privileged. Or set another namespace.`,
          ]
        : sentences;
}

const shownObjects = 3;

function listed(objects: ExistingObject[]): string {
    const names = objects.slice(0, shownObjects).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    const more = objects.length - names.length;
    const list = names.length === 1 ? names[0] : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
    return more > 0
        ? `${names.join(", ")} and ${more} more ${more === 1 ? "object" : "objects"} already exist`
        : `${list} already exist${objects.length === 1 ? "s" : ""}`;
}

/** Groups objects by the sentence about their owner. */
function byOwner(objects: ExistingObject[]): [string, ExistingObject[]][] {
    const groups = new Map<string, ExistingObject[]>();
    for (const object of objects) {
        const sentence = ownerSentence(object);
        groups.set(sentence, [...(groups.get(sentence) ?? []), object]);
    }
    return [...groups];
}

function configurationMistakes(
    found: ExistingConfiguration,
    { namespace, dapr }: Settings,
    own: OwnStack,
    isDeployed: boolean,
): string[] {
    const { name, namespace: application, managedFields = [] } = found.metadata;
    const target = hostNamespace(found.spec?.tracing?.zipkin?.endpointAddress);
    const isOwnTarget = target !== undefined && [namespace, own.namespace].includes(target);
    // Velero restores objects without the fields of their managers.
    const isPulumi = managedFields.some(({ manager }) => /^(pulumi|velero)/.test(manager ?? ""));
    if (isDeployed && isOwnTarget && isPulumi) {
        return [];
    }
    const destination =
        target === undefined || isOwnTarget ? "" : ` It sends spans to the collector in namespace ${target}.`;
    return [
        `dapr.namespaces contains ${JSON.stringify(application)}, but Configuration ${name} already exists in this namespace.${destination} ${ownerSentence({ kind: "Configuration", metadata: found.metadata })} Remove ${application} from dapr.namespaces, set dapr.configurationName to a name other than ${JSON.stringify(dapr.configurationName)}, or delete the Configuration first. To make it part of this stack instead, run Pulumi once with PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true.`,
    ];
}

/** The namespace in the URL of a Service. */
function hostNamespace(url: string | undefined): string | undefined {
    return /^\w+:\/\/[\w-]+\.([\w-]+)\.svc\b/.exec(url ?? "")?.[1];
}

/** Who seems to own an object, as a sentence. */
function ownerSentence({ kind, metadata }: ExistingObject): string {
    const owner = ownerOf(metadata);
    return owner === undefined
        ? `Nothing in the ${kind === "Namespace" ? "namespace" : "metadata"} shows who created it.`
        : `The owner seems to be ${owner}.`;
}

function ownerOf({ annotations = {}, labels = {}, managedFields = [] }: V1ObjectMeta): string | undefined {
    const stack = annotations[ownerAnnotation];
    const release = annotations["meta.helm.sh/release-name"];
    const argo = labels["argocd.argoproj.io/instance"] ?? annotations["argocd.argoproj.io/tracking-id"]?.split(":")[0];
    const flux = labels["kustomize.toolkit.fluxcd.io/name"] ?? labels["helm.toolkit.fluxcd.io/name"];
    // Controllers write only the status. They own nothing.
    const managers = managedFields
        .filter(({ subresource }) => subresource === undefined)
        .map(({ manager = "" }) => manager);
    const manager = managers.find((name) => !name.startsWith("kube-") || name.startsWith("kubectl"));
    const managedBy = labels["app.kubernetes.io/managed-by"];
    if (stack !== undefined) {
        return stackText(stack);
    }
    if (argo !== undefined) {
        return `the Argo CD application ${argo}`;
    }
    if (flux !== undefined) {
        return `the Flux object ${flux}`;
    }
    // The charts of a Pulumi program have the label of Helm too.
    if (managers.some((name) => name.startsWith("pulumi"))) {
        return "another Pulumi stack or program";
    }
    if (release !== undefined) {
        return `the Helm release ${release} in namespace ${annotations["meta.helm.sh/release-namespace"]}`;
    }
    if (manager?.startsWith("kubectl")) {
        return "a person or a script that used kubectl";
    }
    return (
        managedBy ??
        (manager === undefined || manager === "" ? undefined : `the program "${manager}" (its field manager)`)
    );
}
