import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { loadAll } from "js-yaml";
import { differences } from "../../cli/render/check";
import { externalSecret } from "../../cli/render/external-secrets";
import { claimOf, forTool, stageFolder, stageOf, stages } from "../../cli/render/gitops";
import { resolveSettings } from "../../settings/resolve";

const object = (kind: string, name: string, rest: object = {}) => ({
    apiVersion: "v1",
    kind,
    metadata: { name, namespace: "monitoring" },
    ...rest,
});

describe("the stage of an object", () => {
    test.each([
        ["Namespace", "monitoring", undefined, "namespaces"],
        ["Secret", "minio-root", undefined, "secrets"],
        ["ExternalSecret", "minio-root", undefined, "secrets"],
        ["PersistentVolumeClaim", "storage-loki-0", undefined, "secrets"],
        ["StatefulSet", "minio", "minio", "object-store"],
        ["Job", "minio-provision", "minio", "object-store"],
        ["StatefulSet", "loki", "loki", "stores"],
        ["ConfigMap", "mimir", "mimir", "stores"],
        ["Deployment", "lgtm-grafana", "lgtm", "collection"],
        ["PersistentVolumeClaim", "lgtm-grafana", "lgtm", "collection"],
        ["ClusterRole", "otel-collector", "otel-collector", "collection"],
        ["Configuration", "tracing", undefined, "collection"],
        ["ConfigMap", "grafana-dashboards-cost", undefined, "collection"],
    ])("%s %s of release %s is %s", (kind, name, release, stage) => {
        expect(stageOf({ object: object(kind, name), release })).toBe(stage);
    });
});

describe("an object for Argo CD", () => {
    const settings = resolveSettings({});
    const annotations = (kind: string, release?: string) =>
        forTool({ object: object(kind, "x"), release }, "argocd", settings).metadata.annotations;

    test("has the sync wave of its stage, after those that it needs", () => {
        expect(annotations("StatefulSet", "loki")).toEqual({ "argocd.argoproj.io/sync-wave": "4" });
        expect(annotations("Job", "minio")).toEqual({ "argocd.argoproj.io/sync-wave": "3" });
    });

    test("is never deleted if volumes depend on it", () => {
        for (const kind of ["Namespace", "PersistentVolumeClaim"]) {
            expect(annotations(kind)).toMatchObject({ "argocd.argoproj.io/sync-options": "Prune=false,Delete=false" });
        }
    });

    test("keeps its own annotations", () => {
        const secret = object("Secret", "x");
        const metadata = { ...secret.metadata, annotations: { a: "b" } };
        expect(forTool({ object: { ...secret, metadata } }, "argocd", settings).metadata.annotations).toEqual({
            a: "b",
            "argocd.argoproj.io/sync-wave": "2",
        });
    });
});

describe("an object for Flux", () => {
    test("is never deleted if volumes depend on it, and is otherwise unchanged", () => {
        const settings = resolveSettings({});
        const claim = forTool({ object: object("PersistentVolumeClaim", "x") }, "flux", settings);
        expect(claim.metadata.annotations).toEqual({ "kustomize.toolkit.fluxcd.io/prune": "disabled" });
        const service = object("Service", "x");
        expect(forTool({ object: service, release: "loki" }, "flux", settings)).toEqual(service);
    });
});

describe("the claim template of a StatefulSet", () => {
    const statefulSet = (storage: string) =>
        object("StatefulSet", "loki", {
            spec: {
                template: { metadata: { annotations: { "storage/size": storage, a: "b" } } },
                volumeClaimTemplates: [
                    {
                        metadata: { name: "storage" },
                        spec: { accessModes: ["x"], resources: { requests: { storage } } },
                    },
                ],
            },
        });

    test.each(["loki-compactor", "mimir-alertmanager", "tempo-ingester", "redpanda"])(
        "does not depend on the values of %s",
        (name) => {
            const rendered = ["20Gi", "30Gi"].map((storage) => ({
                ...statefulSet(storage),
                metadata: { name, namespace: "monitoring" },
            }));
            const [one, other] = rendered.map((object) =>
                forTool({ object, release: "loki" }, "flux", resolveSettings({})),
            );
            expect(other).toEqual(one);
        },
    );

    test("does not depend on the configured size, because it cannot change", () => {
        const rendered = ["5Gi", "70Gi"].map((loki) =>
            forTool(
                { object: statefulSet(loki), release: "loki" },
                "flux",
                resolveSettings({ storage: { sizes: { loki } } }),
            ),
        );
        expect(rendered[1]).toEqual(rendered[0]);
        expect(rendered[0]?.["spec"]).toEqual({
            template: { metadata: { annotations: { a: "b" } } },
            volumeClaimTemplates: [
                {
                    metadata: { name: "storage" },
                    spec: { accessModes: ["x"], resources: { requests: { storage: "5Gi" } } },
                },
            ],
        });
    });

    test("is replaced by claims with the configured size", () => {
        const patch = {
            ...object("PersistentVolumeClaim", "storage-loki-0", { spec: { resources: "10Gi" } }),
            metadata: {
                name: "storage-loki-0",
                namespace: "monitoring",
                annotations: { "pulumi.com/patchForce": "true" },
            },
        };
        expect(claimOf(patch)).toEqual(
            object("PersistentVolumeClaim", "storage-loki-0", { spec: { resources: "10Gi" } }),
        );
    });
});

describe("an ExternalSecret", () => {
    test("reads each key of the Secret from the store, and contains no content", () => {
        const secret = object("Secret", "login", { stringData: { user: "hidden", password: "hidden" } });
        expect(
            externalSecret(secret, { name: "vault", kind: "ClusterSecretStore", path: "observability/prod" }),
        ).toEqual({
            apiVersion: "external-secrets.io/v1",
            kind: "ExternalSecret",
            metadata: { name: "login", namespace: "monitoring" },
            spec: {
                refreshInterval: "1h",
                secretStoreRef: { name: "vault", kind: "ClusterSecretStore" },
                target: { name: "login" },
                data: ["password", "user"].map((key) => ({
                    secretKey: key,
                    remoteRef: { key: "observability/prod/login", property: key },
                })),
            },
        });
    });

    test("keeps the type of the Secret", () => {
        const secret = object("Secret", "tls", { type: "kubernetes.io/tls", data: { "tls.crt": "x" } });
        const { spec } = externalSecret(secret, { name: "s", kind: "SecretStore", path: "p" }) as Record<string, any>;
        expect(spec.target).toEqual({ name: "tls", template: { type: "kubernetes.io/tls" } });
    });
});

describe("the check of committed manifests", () => {
    let folder: string;
    beforeEach(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "rendered-"));
        fs.writeFileSync(path.join(folder, "a.yaml"), "a\n");
        fs.writeFileSync(path.join(folder, "b.yaml"), "b\n");
    });
    afterEach(() => fs.rmSync(folder, { recursive: true }));

    test("finds nothing in files that are up to date", () => {
        const files = ["a", "b"].map((name) => ({ path: `${name}.yaml`, text: `${name}\n` }));
        expect(differences(folder, files, ["a.yaml", "b.yaml"])).toEqual([]);
    });

    test("finds changed, missing and obsolete files", () => {
        const files = [
            { path: "a.yaml", text: "A\n" },
            { path: "c.yaml", text: "c\n" },
        ];
        expect(differences(folder, files, ["a.yaml", "b.yaml", "deleted.yaml"])).toEqual([
            { path: "a.yaml", what: "outdated" },
            { path: "b.yaml", what: "no longer rendered" },
            { path: "c.yaml", what: "missing" },
        ]);
    });
});

describe("the example of Flux", () => {
    test("has a Kustomization for each stage that depends on the stage before", () => {
        const documents = loadAll(fs.readFileSync("examples/flux/kustomizations.yaml", "utf8")) as any[];
        const kustomizations = documents.filter(({ kind }) => kind === "Kustomization");
        expect(kustomizations.map(({ spec }) => path.basename(spec.path as string))).toEqual(stages.map(stageFolder));
        expect(kustomizations.slice(1).map(({ spec }) => spec.dependsOn)).toEqual(
            kustomizations.slice(0, -1).map(({ metadata }) => [{ name: metadata.name as string }]),
        );
    });
});
