import type { KubernetesObject } from "../../cli/manifests";
import { apiVersionFindings } from "../../cli/upgrade/api-versions";
import { contractFindings } from "../../cli/upgrade/contract";
import { crdFindings } from "../../cli/upgrade/crds";
import type { Finding } from "../../cli/upgrade/finding";
import { imageChanges, imageFindings, parseImage } from "../../cli/upgrade/images";
import { immutableFindings, volumeFindings } from "../../cli/upgrade/immutable";
import { changedFields, matchObjects, objectFindings, restartFindings } from "../../cli/upgrade/objects";

/** An object in the namespace "monitoring". */
function object(kind: string, name: string, fields: object = {}, apiVersion = "v1"): KubernetesObject {
    return { apiVersion, kind, metadata: { name, namespace: "monitoring" }, ...fields };
}

interface WorkloadFields {
    spec?: object;
    image?: string;
    ports?: object[];
    labels?: Record<string, string>;
}

function workload(kind: string, name: string, fields: WorkloadFields = {}): KubernetesObject {
    const { spec = {}, image = "example.com/a:1", ports = [], labels = { app: name } } = fields;
    const template = { metadata: { labels }, spec: { containers: [{ name: "main", image, ports }] } };
    return object(kind, name, { spec: { selector: { matchLabels: labels }, template, ...spec } }, "apps/v1");
}

function service(name: string, spec: object): KubernetesObject {
    return object("Service", name, { spec });
}

/** Severity and text of each finding. */
function lines(found: Finding[]): string[] {
    return found.map(({ severity, text }) => `${severity}: ${text}`);
}

describe("objects", () => {
    const changes = (before: KubernetesObject[], after: KubernetesObject[]) =>
        lines(objectFindings(matchObjects(before, after)));

    test("are the same object if only the version of their API differs", () => {
        const before = object("CronJob", "a", {}, "batch/v1beta1");
        const after = object("CronJob", "a", {}, "batch/v1");
        expect(matchObjects([before], [after])).toEqual({
            added: [],
            removed: [],
            renamed: [],
            kept: [{ from: before, to: after }],
        });
    });

    test("that only one rendering has are added or removed", () => {
        expect(changes([object("ConfigMap", "old")], [object("Secret", "new")])).toEqual([
            "note: ConfigMap monitoring/old is removed.",
            "note: Secret monitoring/new is added.",
        ]);
    });

    test("of one kind whose fields are equal except for the name are renamed", () => {
        const data = { a: "1", b: "2", c: "the address of old-config", d: "4" };
        const renamed = { ...data, c: "the address of new-config" };
        expect(
            changes(
                [object("ConfigMap", "old-config", { data })],
                [object("ConfigMap", "new-config", { data: renamed })],
            ),
        ).toEqual([
            "note: ConfigMap monitoring/old-config is renamed to ConfigMap monitoring/new-config. Pulumi creates the new object and deletes the old one.",
        ]);
    });

    test("of one kind with different fields are not renamed", () => {
        const before = object("ConfigMap", "one", { data: { a: "1", b: "2", c: "3" } });
        const after = object("ConfigMap", "two", { data: { d: "1", e: "2", f: "3" } });
        expect(matchObjects([before], [after]).renamed).toEqual([]);
    });

    test("that hold data must not be removed or renamed", () => {
        expect(changes([workload("StatefulSet", "loki")], [workload("Deployment", "loki")])).toEqual([
            "unsafe: StatefulSet monitoring/loki is removed. Nothing reads its volumes any more. A Deployment of the same name is added.",
            "note: Deployment monitoring/loki is added.",
        ]);
        expect(changes([workload("StatefulSet", "loki")], [workload("StatefulSet", "loki-single")])).toEqual([
            "unsafe: StatefulSet monitoring/loki is renamed to StatefulSet monitoring/loki-single. The new object has new, empty volumes; the data stays in the volumes of the old name.",
        ]);
    });

    test("with pods need work if they are removed", () => {
        expect(changes([workload("Deployment", "gateway")], [])).toEqual([
            "work: Deployment monitoring/gateway is removed, with its pods.",
        ]);
    });

    test("restart their pods only if the template changes, as their strategy says", () => {
        const pairs = (kind: string, spec: object) => [
            { from: workload(kind, "a", { spec }), to: workload(kind, "a", { spec, image: "example.com/a:2" }) },
        ];
        const rollout = (kind: string, spec: object = {}) =>
            lines(restartFindings(pairs(kind, spec))).map((text) => text.slice(text.indexOf("changes. ") + 9));
        expect(rollout("StatefulSet")).toEqual(["Kubernetes replaces them in a rolling update."]);
        expect(rollout("Deployment", { strategy: { type: "Recreate" } })).toEqual([
            "Kubernetes stops all pods before it starts new ones.",
        ]);
        expect(rollout("DaemonSet", { updateStrategy: { type: "OnDelete" } })).toEqual([
            "Existing pods keep the old template until somebody deletes them.",
        ]);
        const same = workload("Deployment", "a");
        expect(restartFindings([{ from: same, to: { ...same, metadata: { ...same.metadata } } }])).toEqual([]);
    });

    test("list each changed field, also inside of YAML files, but not the version of the chart or a secret", () => {
        const config = (replicas: number, chart: string) => ({
            metadata: { name: "loki", namespace: "monitoring", labels: { "helm.sh/chart": chart } },
            data: {
                "config.yaml": `\ncommon:\n  replication_factor: ${replicas}\n`,
                "a.alloy": `a "${replicas}" {\n}\n`,
            },
        });
        const [from, to] = [config(1, "loki-1"), config(3, "loki-2")].map((fields) =>
            object("ConfigMap", "loki", fields),
        ) as [KubernetesObject, KubernetesObject];
        const secret = (value: string) => object("Secret", "s", { data: { key: value } });
        expect(
            changedFields([
                { from, to },
                { from: secret("b25l"), to: secret("dHdv") },
            ]),
        ).toEqual([
            { part: "ConfigMap monitoring/loki", key: "data.config.yaml.common.replication_factor", from: 1, to: 3 },
            { part: "ConfigMap monitoring/loki", key: "data.a.alloy", from: 'a "1" {\n}\n', to: 'a "3" {\n}\n' },
        ]);
    });
});

describe("immutable fields", () => {
    const changes = (from: KubernetesObject, to: KubernetesObject) => lines(immutableFindings([{ from, to }]));

    test.each([
        [
            "StatefulSet",
            { serviceName: "a" },
            { serviceName: "b" },
            'spec.serviceName is immutable and changes from "a" to "b"',
        ],
        [
            "StatefulSet",
            {},
            { podManagementPolicy: "Parallel" },
            'spec.podManagementPolicy is immutable and changes from "OrderedReady" to "Parallel"',
        ],
        [
            "StatefulSet",
            { revisionHistoryLimit: 10 },
            { revisionHistoryLimit: 3 },
            "spec.revisionHistoryLimit is immutable and changes from 10 to 3",
        ],
        [
            "StatefulSet",
            { selector: { a: "b" } },
            { selector: { a: "c" } },
            'spec.selector is immutable and changes from {"a":"b"} to {"a":"c"}',
        ],
    ])("of a %s that change from %j to %j are unsafe", (kind, from, to, text) => {
        const [finding = ""] = changes(workload(kind, "a", { spec: from }), workload(kind, "a", { spec: to }));
        expect(finding).toBe(
            `unsafe: ${kind} monitoring/a: the field ${text}. Pulumi deletes the StatefulSet with all of its pods and creates it again; the claims stay. With protected data, the preview fails.`,
        );
    });

    test.each([
        ["Deployment", { spec: { selector: { a: "b" } } }, { spec: { selector: { a: "c" } } }, "spec.selector"],
        ["Service", { spec: { clusterIP: "None" } }, { spec: {} }, "spec.clusterIP"],
        ["Job", { spec: { template: { a: 1 } } }, { spec: { template: { a: 2 } } }, "spec.template"],
        ["RoleBinding", { roleRef: { name: "a" } }, { roleRef: { name: "b" } }, "roleRef"],
        ["ClusterRoleBinding", { roleRef: { name: "a" } }, { roleRef: { name: "b" } }, "roleRef"],
    ])("of a %s need work: %j to %j", (kind, from, to, field) => {
        const [finding, ...others] = immutableFindings([{ from: object(kind, "a", from), to: object(kind, "a", to) }]);
        expect(others).toEqual([]);
        expect(finding?.severity).toBe("work");
        expect(finding?.text).toContain(`the field ${field} is immutable`);
    });

    test("of a PersistentVolumeClaim are unsafe, because the data is deleted", () => {
        const claim = (spec: object) => object("PersistentVolumeClaim", "a", { spec });
        expect(changes(claim({ volumeMode: "Filesystem" }), claim({ volumeMode: "Block" }))).toEqual([
            'unsafe: PersistentVolumeClaim monitoring/a: the field spec.volumeMode is immutable and changes from "Filesystem" to "Block". Pulumi deletes the claim with its data and creates an empty one. With protected data, the preview fails.',
        ]);
    });

    test("that only become explicit do not change", () => {
        expect(
            changes(
                workload("StatefulSet", "a"),
                workload("StatefulSet", "a", { spec: { podManagementPolicy: "OrderedReady" } }),
            ),
        ).toEqual([]);
        expect(changes(service("a", { clusterIP: "" }), service("a", {}))).toEqual([]);
    });

    test("other fields can change", () => {
        const set = (replicas: number) => workload("StatefulSet", "a", { spec: { replicas } });
        expect(changes(set(1), set(3))).toEqual([]);
    });
});

describe("volumes", () => {
    const claim = (name: string, storage: string, other: object = {}) => ({
        metadata: { name },
        spec: { resources: { requests: { storage } }, ...other },
    });
    const changes = (from: object, to: object, image?: string) => {
        const fields = image === undefined ? {} : { image };
        const [before, after] = [from, to].map((spec) => workload("StatefulSet", "loki", { ...fields, spec }));
        return lines(volumeFindings([{ from: before as KubernetesObject, to: after as KubernetesObject }]));
    };
    const templates = (...all: object[]) => ({ volumeClaimTemplates: all });

    test("that grow are announced, and volumes that shrink are unsafe", () => {
        expect(changes(templates(claim("data", "10Gi")), templates(claim("data", "20Gi")))).toEqual([
            'note: StatefulSet monitoring/loki, claim template "data": the size grows from 10Gi to 20Gi. If it comes from a setting of the stack, the volumes grow in place.',
        ]);
        expect(changes(templates(claim("data", "1Ti")), templates(claim("data", "20Gi")))).toEqual([
            'unsafe: StatefulSet monitoring/loki, claim template "data": the size shrinks from 1Ti to 20Gi. Kubernetes refuses to shrink a volume.',
        ]);
    });

    test("with another name are unsafe", () => {
        const found = changes(templates(claim("data", "1Gi")), templates(claim("storage", "1Gi")));
        expect(found.map((text) => text.split(". ")[0])).toEqual([
            'unsafe: StatefulSet monitoring/loki: the claim template "data" is removed',
            'unsafe: StatefulSet monitoring/loki: the claim template "storage" is added',
        ]);
    });

    test("with another class keep their class", () => {
        expect(
            changes(templates(claim("data", "1Gi")), templates(claim("data", "1Gi", { storageClassName: "fast" }))),
        ).toEqual([
            'note: StatefulSet monitoring/loki, claim template "data": its spec changes. Existing claims keep their spec, and only new claims have the new one.',
        ]);
    });

    test("of removed replicas need work", () => {
        expect(changes({ replicas: 3 }, { replicas: 1 })).toEqual([
            "work: StatefulSet monitoring/loki: the number of replicas changes from 3 to 1. The claims of the removed replicas stay, and what only these replicas hold is no longer available.",
        ]);
        expect(changes({}, { replicas: 3 })).toEqual([
            "note: StatefulSet monitoring/loki: the number of replicas changes from 1 to 3. 2 new pods start with new, empty volumes.",
        ]);
    });

    test("of MinIO are fixed in their number", () => {
        expect(changes({ replicas: 4 }, { replicas: 8 }, "quay.io/minio/minio:1")).toEqual([
            "unsafe: StatefulSet monitoring/loki: the number of replicas changes from 4 to 8. MinIO does not start with another number of drives.",
        ]);
    });
});

describe("the contract", () => {
    const selector = { app: "loki" };
    const pods = workload("StatefulSet", "loki", { ports: [{ name: "http", containerPort: 3100 }] });
    const http = { port: 3100, targetPort: "http" };
    const before = [service("loki", { ports: [http, { port: 9095 }], selector }), pods];
    const user = object("ConfigMap", "alloy", { data: { a: "http://loki.monitoring.svc.cluster.local:3100/otlp" } });
    const changes = (after: KubernetesObject[], release = "loki", old = before) =>
        lines(contractFindings({ release, objects: old }, { release, objects: after }, [...after, user]));

    test("is kept if nothing changes", () => {
        expect(changes(before)).toEqual([]);
    });

    test("is broken if a Service is removed, and the users of its address are listed", () => {
        expect(changes([pods])).toEqual([
            "unsafe: Service monitoring/loki is removed. Its name is part of the DNS contract. It is used in ConfigMap monitoring/alloy.",
        ]);
    });

    test("is broken if a Service moves to another namespace", () => {
        const [moved] = before as [KubernetesObject];
        const [found] = changes([{ ...moved, metadata: { name: "loki", namespace: "obs" } }, pods]);
        expect(found).toContain("The new one is Service obs/loki.");
    });

    test("is broken if a port is removed, and other ports may go", () => {
        expect(changes([service("loki", { ports: [{ port: 9095 }], selector }), pods])).toEqual([
            "unsafe: Service monitoring/loki no longer has the port 3100. The port is part of the DNS contract. It is used in ConfigMap monitoring/alloy.",
        ]);
        expect(changes([service("loki", { ports: [http], selector }), pods])).toEqual([
            "note: Service monitoring/loki no longer has the port 9095.",
        ]);
    });

    test("is broken if the Service selects no pods, or the pods have no such port", () => {
        const found = changes([service("loki", { ports: [http], selector: { app: "other" } }), pods]);
        expect(found[0]).toBe(
            "unsafe: Service monitoring/loki no longer selects any pods. The port is part of the DNS contract. It is used in ConfigMap monitoring/alloy.",
        );
        const unnamed = workload("StatefulSet", "loki", { ports: [{ name: "other", containerPort: 3100 }] });
        expect(changes([service("loki", { ports: [http, { port: 9095 }], selector }), unnamed])[0]).toContain(
            'no container of its pods has a port with the name "http", to which the port 3100 leads',
        );
    });

    test("is broken if pods lose their prefix", () => {
        const renamed = workload("DaemonSet", "alloy-logs");
        expect(changes([renamed], "lgtm-alloy-logs", [workload("DaemonSet", "lgtm-alloy-logs")])).toEqual([
            "unsafe: No pods have the prefix lgtm-alloy-logs- any more, which is part of the contract. The workloads are DaemonSet alloy-logs.",
        ]);
    });

    test("does not contain other Services, which need work unless an address is used", () => {
        const other = service("loki-memberlist", { ports: [{ port: 7946 }], selector });
        expect(changes(before, "loki", [...before, other])).toEqual([
            "work: Service monitoring/loki-memberlist is removed.",
        ]);
    });
});

describe("custom resource definitions", () => {
    const definition = (versions: object[], scope = "Namespaced") => ({
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: "podlogs.monitoring.grafana.com" },
        spec: { group: "monitoring.grafana.com", scope, names: { kind: "PodLogs" }, versions },
    });
    const version = (name: string, served: boolean, storage: boolean) => ({ name, served, storage });
    const changes = (before: KubernetesObject[], after: KubernetesObject[]) =>
        lines(crdFindings(matchObjects(before, after)));

    test("that are removed are unsafe, because Kubernetes deletes their objects", () => {
        expect(changes([definition([version("v1", true, true)])], [])).toEqual([
            "unsafe: CustomResourceDefinition podlogs.monitoring.grafana.com is removed. Kubernetes then deletes every PodLogs in the cluster.",
        ]);
    });

    test("that no longer serve a version are unsafe", () => {
        const before = definition([version("v1alpha1", true, true), version("v1", true, false)]);
        const after = definition([version("v1alpha1", false, false), version("v1", true, true)]);
        expect(changes([before], [after])).toEqual([
            "unsafe: CustomResourceDefinition podlogs.monitoring.grafana.com no longer serves the version v1alpha1. Manifests with this version are refused.",
            "work: CustomResourceDefinition podlogs.monitoring.grafana.com stores objects as v1 instead of v1alpha1. Existing objects are converted when they are written the next time.",
            "note: CustomResourceDefinition podlogs.monitoring.grafana.com changes.",
        ]);
    });

    test("that are added belong to the cluster", () => {
        expect(changes([], [definition([version("v1", true, true)])])[0]).toContain(
            "note: CustomResourceDefinition podlogs.monitoring.grafana.com is added.",
        );
    });
});

describe("API versions", () => {
    const pdb = object("PodDisruptionBudget", "loki", {}, "policy/v1beta1");
    const source = "Source: https://kubernetes.io/docs/reference/using-api/deprecation-guide/";

    test("that a version of Kubernetes has removed are unsafe", () => {
        expect(lines(apiVersionFindings([pdb], "1.25.0"))).toEqual([
            `unsafe: PodDisruptionBudget monitoring/loki has the API version policy/v1beta1, which Kubernetes 1.25 has removed. Use policy/v1. ${source}`,
        ]);
    });

    test("that a later version removes are a note", () => {
        expect(lines(apiVersionFindings([pdb], "1.24.9"))).toEqual([
            `note: PodDisruptionBudget monitoring/loki has the API version policy/v1beta1, which Kubernetes 1.25 removes. Use policy/v1. ${source}`,
        ]);
    });

    test("that are not stable are a note, except for those of custom resources", () => {
        const beta = object("Foo", "a", {}, "networking.k8s.io/v1beta2");
        expect(lines(apiVersionFindings([beta], "1.33.0"))).toEqual([
            "note: Foo monitoring/a has the API version networking.k8s.io/v1beta2, which a later version of Kubernetes can remove.",
        ]);
        expect(
            apiVersionFindings([object("Configuration", "a", {}, "dapr.io/v1alpha1"), object("Pod", "a")], "1.33.0"),
        ).toEqual([]);
    });
});

describe("images", () => {
    test.each([
        ["grafana/loki:3.7.6", "grafana/loki", "3.7.6"],
        ["registry.example.com:5000/a/loki", "registry.example.com:5000/a/loki", "latest"],
        ["registry.example.com:5000/loki:1@sha256:abc", "registry.example.com:5000/loki", "1"],
        ["loki@sha256:abc", "loki", "sha256:abc"],
    ])("%s is split into repository and tag", (image, repository, tag) => {
        expect(parseImage(image)).toEqual({ repository, tag });
    });

    test("that change are listed with their container", () => {
        const changes = imageChanges(
            [workload("StatefulSet", "loki", { image: "grafana/loki:3.7.6" }), workload("Deployment", "same")],
            [workload("StatefulSet", "loki", { image: "grafana/loki:4.0.0" }), workload("Deployment", "same")],
        );
        expect(lines(imageFindings(changes))).toEqual([
            "note: StatefulSet loki, container main: the image changes from grafana/loki:3.7.6 to grafana/loki:4.0.0.",
        ]);
    });
});
