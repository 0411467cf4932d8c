import type { V1ObjectMeta } from "@kubernetes/client-node";
import { resolveSettings } from "../../settings/resolve";
import * as existing from "../../stack/existing-objects";
import type { ExistingFacts, OwnStack } from "../../stack/existing-objects";
import { objectNames, resourcePaths } from "../../stack/object-names";
import { describeWith } from "../helpers/prerequisites";
import { evaluateStack } from "../../cli/evaluate";
import { renderStack } from "../helpers/rendered";

const own: OwnStack = { identity: "organization/observability/dev#1a2b3c4d", namespace: undefined };
const settings = resolveSettings({ namespace: "team-a" });
const none: ExistingFacts = { objects: [], configurations: [] };

const manager = (name: string, subresource?: string) => ({
    managedFields: [{ manager: name, ...(subresource === undefined ? {} : { subresource }) }],
});
const service = (name: string, metadata: V1ObjectMeta = {}) => ({
    kind: "Service",
    metadata: { name, namespace: "team-a", ...metadata },
});
const namespace = (metadata: V1ObjectMeta = {}) => ({ kind: "Namespace", metadata: { name: "team-a", ...metadata } });
function existingMistakes(...args: Parameters<typeof existing.existingMistakes>): string[] {
    const found = existing.existingMistakes(...args);
    return [...found.namespace, ...found.configurations];
}

const adopt = "To make them part of this stack instead, run Pulumi once with PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true.";

describe("objects that exist before the first deployment", () => {
    test("are no mistake if there are none", () => {
        expect(existingMistakes(none, settings, own)).toEqual([]);
    });

    test("are named with their owner, and with what to do", () => {
        const objects = [service("loki", manager("pulumi-kubernetes-1a2b"))];
        expect(existingMistakes({ ...none, namespace: namespace(), objects }, settings, own)).toEqual([
            `namespace is "team-a", but Service loki already exists in this namespace, and the stack needs this name. The owner seems to be another Pulumi stack or program. Set another namespace, or delete it first. ${adopt}`,
        ]);
    });

    test("are one sentence for each owner, with three names", () => {
        const objects = [
            ...["loki", "tempo", "mimir", "pyroscope"].map((name) =>
                service(name, manager("kubectl-client-side-apply")),
            ),
            service("lgtm-grafana", {
                annotations: { "meta.helm.sh/release-name": "lgtm", "meta.helm.sh/release-namespace": "team-a" },
                ...manager("helm"),
            }),
        ];
        expect(existingMistakes({ ...none, objects }, settings, own)).toEqual([
            `namespace is "team-a", but Service loki, Service tempo, Service mimir and 1 more object already exist in this namespace, and the stack needs these names. The owner seems to be a person or a script that used kubectl. Set another namespace, or delete them first. ${adopt}`,
            `namespace is "team-a", but Service lgtm-grafana already exists in this namespace, and the stack needs this name. The owner seems to be the Helm release lgtm in namespace team-a. Set another namespace, or delete it first. ${adopt}`,
        ]);
    });

    test("of the cluster are named as such", () => {
        const role = { kind: "ClusterRole", metadata: { name: "lgtm-alloy-logs-team-a" } };
        expect(existingMistakes({ ...none, objects: [role] }, settings, own)).toEqual([
            `namespace is "team-a", but ClusterRole lgtm-alloy-logs-team-a already exists in the cluster, and the stack of this namespace needs this name. Nothing in the metadata shows who created it. Set another namespace, or delete it if nothing uses it. ${adopt}`,
        ]);
    });

    test("can be the namespace itself", () => {
        const facts = { ...none, namespace: namespace(manager("argocd-controller")) };
        expect(existingMistakes(facts, settings, own)).toEqual([
            'createNamespace is true, but namespace team-a already exists. The owner seems to be the program "argocd-controller" (its field manager). Set createNamespace to false, and give the namespace the label pod-security.kubernetes.io/enforce=privileged. Or set another namespace.',
        ]);
        const given = resolveSettings({ namespace: "team-a", createNamespace: false });
        expect(existingMistakes(facts, given, own)).toEqual([]);
    });

    test("can be a namespace that is being deleted", () => {
        const facts = { ...none, namespace: namespace({ deletionTimestamp: new Date() }), objects: [service("loki")] };
        expect(existingMistakes(facts, settings, own)).toEqual([
            'namespace is "team-a", but this namespace is being deleted. Wait until it does not exist, and deploy again.',
        ]);
    });

    test("of a stack of the same name in another backend are recognized", () => {
        const facts = { ...none, owner: "organization/observability/dev#5e6f7a8b", objects: [service("loki")] };
        expect(existingMistakes(facts, settings, own)).toEqual([
            'namespace is "team-a", but this namespace has the Pulumi stack organization/observability/dev of another Pulumi backend, according to ConfigMap observability-stack. Set another namespace: each stack needs its own.',
        ]);
    });

    test("of another stack are one sentence with its name", () => {
        const facts = { ...none, owner: "organization/observability/prod#5e6f7a8b", objects: [service("loki")] };
        expect(existingMistakes(facts, settings, own)).toEqual([
            'namespace is "team-a", but this namespace has the Pulumi stack organization/observability/prod, according to ConfigMap observability-stack. Set another namespace: each stack needs its own.',
        ]);
    });
});

describe("objects of the stack itself are no mistake", () => {
    const objects = [service("loki", manager("pulumi-kubernetes-1a2b"))];
    const facts = { ...none, namespace: namespace(), objects };

    test("after a deployment", () => {
        expect(existingMistakes(facts, settings, { ...own, namespace: "team-a" })).toEqual([]);
    });

    test("after a deployment, even if the stack was renamed", () => {
        const renamed = { ...own, namespace: "team-a" };
        expect(existingMistakes({ ...facts, owner: "organization/observability/old" }, settings, renamed)).toEqual([]);
    });

    test("after a first deployment that was interrupted", () => {
        expect(existingMistakes({ ...facts, owner: own.identity }, settings, own)).toEqual([]);
        const annotated = namespace({ annotations: { "observability.mathtrail/stack": own.identity } });
        expect(existingMistakes({ ...none, namespace: annotated }, settings, own)).toEqual([]);
    });

    test("but objects in another namespace are", () => {
        const [mistake] = existingMistakes(facts, settings, { ...own, namespace: "team-b" });
        expect(mistake).toContain("Service loki already exists");
    });
});

describe("the namespace that remains after pulumi destroy", () => {
    const annotated = namespace({ annotations: { "observability.mathtrail/stack": own.identity } });
    const facts = { ...none, namespace: annotated };

    test("is refused with what to do, because Pulumi would fail to create it", () => {
        expect(existingMistakes(facts, settings, { ...own, hasNamespace: false })).toEqual([
            "createNamespace is true, but namespace team-a remains from an earlier deployment of this stack, because `pulumi destroy` does not delete it. To use it and its volumes again, set createNamespace to false. To make it part of this stack again, run Pulumi once with PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true. To delete it with its volumes, run `npm run down -- dev`.",
        ]);
    });

    test("can be used with createNamespace false", () => {
        const given = resolveSettings({ namespace: "team-a", createNamespace: false });
        expect(existingMistakes(facts, given, { ...own, hasNamespace: false })).toEqual([]);
    });

    test.each<[string, ExistingFacts, OwnStack]>([
        ["a first deployment that was interrupted has it in the state", facts, { ...own, hasNamespace: true }],
        ["the state is unknown", facts, own],
        ["the stack is deployed", facts, { ...own, namespace: "team-a", hasNamespace: false }],
        ["the stack has written its ConfigMap", { ...facts, owner: own.identity }, { ...own, hasNamespace: false }],
    ])("is that of the stack if %s", (_, found, stack) => {
        expect(existingMistakes(found, settings, stack)).toEqual([]);
    });
});

describe("a Dapr Configuration that exists", () => {
    const dapr = resolveSettings({ namespace: "team-a", dapr: { enabled: true, namespaces: ["shop"] } });
    const configuration = (collector: string, metadata: V1ObjectMeta) => ({
        metadata: { name: "tracing", namespace: "shop", ...metadata },
        spec: {
            tracing: {
                zipkin: {
                    endpointAddress: `http://otel-collector-opentelemetry-collector.${collector}.svc.cluster.local:9411/api/v2/spans`,
                },
            },
        },
    });
    const mistakes = (collector: string, metadata: V1ObjectMeta, deployed?: string) =>
        existingMistakes({ ...none, configurations: [configuration(collector, metadata)] }, dapr, {
            ...own,
            namespace: deployed,
        });
    const pulumi = manager("pulumi-kubernetes-1a2b");

    test("belongs to the stack if Pulumi created it and it sends spans to the stack", () => {
        expect(mistakes("team-a", pulumi, "team-a")).toEqual([]);
        expect(mistakes("team-a", manager("velero-server"), "team-a")).toEqual([]);
    });

    test("belongs to the stack if it sends spans to the namespace of the last deployment", () => {
        expect(mistakes("team-b", pulumi, "team-b")).toHaveLength(0);
    });

    test("of another stack is named with this stack's namespace, and with what to do", () => {
        expect(mistakes("team-b", pulumi, "team-a")).toEqual([
            'dapr.namespaces contains "shop", but Configuration tracing already exists in this namespace. It sends spans to the collector in namespace team-b. The owner seems to be another Pulumi stack or program. Remove shop from dapr.namespaces, set dapr.configurationName to a name other than "tracing", or delete the Configuration first. To make it part of this stack instead, run Pulumi once with PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true.',
        ]);
    });

    test.each<[string, V1ObjectMeta, string]>([
        ["kubectl", manager("kubectl-client-side-apply"), "a person or a script that used kubectl"],
        ["Argo CD", { labels: { "argocd.argoproj.io/instance": "shop" } }, "the Argo CD application shop"],
        ["Flux", { labels: { "kustomize.toolkit.fluxcd.io/name": "shop" } }, "the Flux object shop"],
        ["a label", { labels: { "app.kubernetes.io/managed-by": "Kubero" } }, "Kubero"],
    ])("by %s is named with its owner, also if it sends spans to the stack", (_, metadata, owner) => {
        const [mistake] = mistakes("team-a", metadata, "team-a");
        expect(mistake).toContain(`already exists in this namespace. The owner seems to be ${owner}. Remove shop`);
    });

    test("has no owner if only controllers have written to it", () => {
        const [mistake] = mistakes("team-a", manager("daprd", "status"), "team-a");
        expect(mistake).toContain("Nothing in the metadata shows who created it.");
    });
});

describe("the names of the objects of a stack", () => {
    test.each(["dev", "prod"])("contain those that the program creates without a chart: %s", async (stack) => {
        const { resources, settings: evaluated } = await evaluateStack(stack);
        const names = resources
            .filter(({ type }) =>
                /^kubernetes:(core\/v1:(Secret|ConfigMap)|networking.k8s.io\/v1:NetworkPolicy)$/.test(type),
            )
            .map(({ inputs }) => (inputs["metadata"] as { name: string }).name)
            .filter((name) => name !== "observability-stack");
        expect(names.length).toBeGreaterThan(5);
        expect(names.filter((name) => !objectNames(evaluated).includes(name))).toEqual([]);
    });

    test("contain no name of MinIO with S3, and no login with a Secret of the user", () => {
        const s3 = { kind: "s3", endpoint: "https://s3.example.com", existingSecret: "keys" };
        const names = objectNames(resolveSettings({ objectStore: s3, grafana: { existingSecret: "login" } }));
        expect(names.filter((name) => /minio|object-store|grafana-admin/.test(name))).toEqual([]);
    });
});

const renderedNames: string[] = [];

describeWith({ programs: ["helm"], mirror: true }, "the charts", () => {
    test.each<[string, object]>([
        ["dev", {}],
        ["prod", {}],
        ["prod", { tracing: { samplingMode: "tail" }, grafana: { ingress: { host: "grafana.example.com" } } }],
        ["prod", { mode: { loki: "distributed", mimir: "distributed" } }],
    ])("render only objects with these names and kinds, and the Job of MinIO: %s %p", async (stack, more) => {
        const { objects } = await renderStack(stack, more);
        const { settings: evaluated } = await evaluateStack(stack, more);
        const [names, kinds] = [objectNames(evaluated), Object.keys(resourcePaths(""))];
        const unknown = objects.filter(({ kind, metadata }) => !names.includes(metadata.name) || !kinds.includes(kind));
        expect(unknown.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
            expect.stringMatching(/^Job minio-provision-/) as string,
        ]);
        const rendered = objects.map(({ metadata }) => metadata.name);
        renderedNames.push(...rendered);
    });

    test("render an object with each of these names", () => {
        const own = objectNames(resolveSettings({ mode: { loki: "distributed", mimir: "distributed" } })).filter(
            (name) => !/^(grafana-|minio-root|object-store-)/.test(name),
        );
        expect(own.filter((name) => !renderedNames.includes(name))).toEqual([]);
    });
});
