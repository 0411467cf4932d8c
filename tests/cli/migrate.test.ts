import type { V1Pod } from "@kubernetes/client-node";
import { load } from "js-yaml";
import { hostname, userInfo } from "os";
import { type Applied, appliedOf } from "../../cli/migrate/applied";
import { stackFileWith } from "../../cli/migrate/deploy-change";
import { describePlan, describeProgress, settingsText } from "../../cli/migrate/describe";
import type { Change } from "../../cli/migrate/plan";
import { plans } from "../../cli/migrate/plans";
import { bytesPerVolume } from "../../cli/migrate/plans/minio-1-to-4";
import { sidecarsBefore } from "../../cli/migrate/plans/tail-sampling";
import { oldDataSources } from "../../cli/migrate/plans/tenant-on";
import { copyOf } from "../../cli/migrate/provision";
import { retainObjectStore } from "../../cli/migrate/pulumi-state";
import { type Progress, refusal } from "../../cli/migrate/record";
import { stagingSize } from "../../cli/migrate/staging";
import { seldom } from "../../cli/tasks";
import { type AppliedSettings, appliedSettings } from "../../settings/applied";
import { appliedAfter, refusedOutsidePlan } from "../../settings/migration";
import { findMoves } from "../../settings/moves";
import { resolveSettings } from "../../settings/resolve";

const s3 = { kind: "s3", endpoint: "https://s3.example.com", existingSecret: "s3-keys" };
const planNamed = (name: string) => {
    const plan = plans.find((candidate) => candidate.name === name);
    if (plan === undefined) {
        throw new Error(`there is no plan ${name}`);
    }
    return plan;
};

/** A change between two stack files with the profile prod. */
function change(before: object, after: object): Change {
    return {
        stack: "prod",
        applied: appliedOf(stateOf(before)) as Applied,
        settings: resolveSettings({ profile: "prod", ...after }),
    };
}

function stateOf(settings: object) {
    const applied = appliedSettings(resolveSettings({ profile: "prod", ...settings }));
    return { resources: [{ urn: "urn", type: "pulumi:pulumi:Stack", outputs: { applied } }] };
}

describe("the settings of the last deployment", () => {
    test("are read from the outputs of the stack", () => {
        const settings = { tenant: "acme", replicas: { minio: 1, loki: 1 }, objectStore: { bucketPrefix: "acme" } };
        expect(appliedOf(stateOf(settings))).toEqual({
            namespace: "monitoring",
            objectStore: {
                kind: "minio",
                endpoint: undefined,
                buckets: { loki: "acme-loki", tempo: "acme-tempo", mimir: "acme-mimir", pyroscope: "acme-pyroscope" },
            },
            replicas: { loki: 1, minio: 1 },
            lokiMode: "monolithic",
            mimirMode: "monolithic",
            tempoMode: "monolithic",
            pyroscopeMode: "monolithic",
            pyroscopeMetastores: 1,
            lokiReplicationFactor: 1,
            tenant: "acme",
            samplingMode: "head",
        });
    });

    test("are unknown before the first complete deployment", () => {
        expect(appliedOf({})).toBeUndefined();
        expect(appliedOf({ resources: [{ urn: "urn", type: "pulumi:pulumi:Stack", outputs: {} }] })).toBeUndefined();
    });
});

describe("a plan fits", () => {
    test.each<[string, object, object]>([
        ["minio-to-s3", {}, { objectStore: s3 }],
        ["minio-1-to-4", { replicas: { minio: 1 } }, { replicas: { minio: 4 } }],
        ["tenant-on", {}, { tenant: "acme" }],
        ["tail-sampling", {}, { tracing: { samplingMode: "tail" } }],
        ["namespace", {}, { namespace: "obs" }],
        ["loki-replication", { replicas: { loki: 1 } }, { replicas: { loki: 3 } }],
        ["loki-mode", {}, { mode: { loki: "distributed" } }],
        ["loki-mode", { mode: { loki: "distributed" } }, {}],
        ["mimir-mode", {}, { mode: { mimir: "distributed" } }],
        ["mimir-mode", { mode: { mimir: "distributed" } }, {}],
        ["tempo-mode", {}, { mode: { tempo: "distributed" } }],
        ["tempo-mode", { mode: { tempo: "distributed" } }, {}],
        ["pyroscope-mode", {}, { mode: { pyroscope: "distributed" } }],
        ["pyroscope-mode", { mode: { pyroscope: "distributed" } }, {}],
    ])("%s", (name, before, after) => {
        expect(planNamed(name).misfit(change(before, after), {})).toBeUndefined();
    });

    test.each<[string, object, object, string]>([
        [
            "minio-to-s3",
            { objectStore: s3 },
            { objectStore: s3 },
            "already deployed with the S3 service s3.example.com",
        ],
        ["minio-to-s3", {}, {}, 'objectStore.kind is "minio" in the stack file'],
        ["minio-to-s3", {}, { objectStore: s3, namespace: "obs" }, "the stack is deployed in monitoring"],
        [
            "minio-to-s3",
            {},
            { objectStore: { kind: "s3", endpoint: s3.endpoint, workloadIdentity: true } },
            "set its name with --copy-secret",
        ],
        ["minio-1-to-4", {}, {}, "MinIO already has 4 replicas"],
        ["minio-1-to-4", { objectStore: s3 }, { objectStore: s3 }, 'it needs objectStore.kind "minio"'],
        ["tenant-on", { tenant: "acme" }, { tenant: "shop" }, 'the stack already has the tenant "acme"'],
        ["tenant-on", {}, {}, "tenant is not set in the stack file"],
        [
            "tail-sampling",
            { tracing: { samplingMode: "tail" } },
            { tracing: { samplingMode: "tail" } },
            "the stack already uses tail sampling",
        ],
        ["tail-sampling", {}, {}, 'tracing.samplingMode is "head" in the stack file'],
        ["namespace", {}, {}, "the stack is already in namespace monitoring"],
        [
            "namespace",
            { mode: { pyroscope: "distributed" } },
            { mode: { pyroscope: "distributed" }, namespace: "obs" },
            "the index of Pyroscope contains the addresses of 3 replicas of the metastore in namespace monitoring",
        ],
        ["mimir-mode", {}, {}, "Mimir already runs in monolithic mode"],
        [
            "mimir-mode",
            { components: { mimir: false, alloyMetrics: false } },
            { mode: { mimir: "distributed" } },
            "the stack does not deploy Mimir before and after the change",
        ],
        ["loki-replication", {}, {}, "the replication factor of Loki is already 3"],
        ["loki-mode", {}, {}, "mode.loki is already monolithic"],
        ["tempo-mode", {}, {}, "mode.tempo is already monolithic"],
        ["pyroscope-mode", {}, {}, "mode.pyroscope is already monolithic"],
        [
            "loki-mode",
            {},
            { mode: { loki: "distributed" }, namespace: "obs" },
            "the namespace also changes; change only Loki",
        ],
        ["loki-replication", {}, { replicas: { loki: 1 } }, "decreases from 3 to 1, which needs no plan"],
    ])("%s only if there is something to move: %#", (name, before, after, reason) => {
        expect(planNamed(name).misfit(change(before, after), {})).toContain(reason);
    });
});

describe("the description of a plan", () => {
    test("says what it does, what is unavailable, and what it needs", () => {
        const text = describePlan(planNamed("minio-to-s3"), change({}, { objectStore: s3 }), {});
        expect(text).toContain("minio-to-s3: Moves all stored data from MinIO to an S3 service.");
        expect(text).toMatch(/\nWhat it does:\n {2}1\. Checks that the buckets of the S3 service can be written/);
        expect(text).toMatch(/\nWhat is unavailable:\n {2}- Queries, rules and alerts: .*one start of each backend/);
        expect(text).toMatch(
            /\nWhat it needs:\n {2}- Buckets in https:\/\/s3\.example\.com: loki, tempo, mimir, pyroscope/,
        );
        expect(text).toContain("the Secret s3-keys in namespace monitoring");
        expect(text).toMatch(
            /\nHow to go back:\n {2}- Until MinIO is deleted: .*\n {2}- After that: the old settings are refused/,
        );
    });

    test("names the Secret of --copy-secret, and the Secret for keys of the stack file", () => {
        const keys = { kind: "s3", endpoint: s3.endpoint, accessKeyId: "id", secretAccessKey: "key" };
        const { describe: of } = planNamed("minio-to-s3");
        expect(of(change({}, { objectStore: keys }), {}).needs[1]).toContain("the Secret observability-copy-keys");
        expect(of(change({}, { objectStore: s3 }), { copySecret: "mine" }).needs[1]).toContain("the Secret mine in");
    });

    test("of another namespace has the commands with the values of the stack", () => {
        const plan = planNamed("namespace");
        const commands = plan.procedure?.(
            change({}, { namespace: "obs", dapr: { enabled: true, namespaces: ["shop"] } }),
        ) as string[];
        expect(commands.join("\n")).toContain(
            "set observability:storage.pyroscopeServerId to pyroscope-0.pyroscope-headless.monitoring.svc.cluster.local.:9099.",
        );
        expect(commands.filter((line) => !line.trim().startsWith("#"))).toEqual([
            "  cp Pulumi.prod.yaml Pulumi.prod-obs.yaml",
            "  npm run up -- prod-obs",
            "  npm run backup -- prod --to backups/prod-to-obs --pause",
            "  npm run restore -- prod-obs --from backups/prod-to-obs --replace",
            "  npm run verify -- prod-obs",
            "  npm run up -- prod",
            "  npm run up -- prod-obs",
            "  kubectl rollout restart deployment --namespace shop",
            "  npm run down -- prod",
        ]);
    });

    test("every plan describes itself, and ends with settings", () => {
        const after = { objectStore: s3, tenant: "acme", namespace: "obs" };
        for (const plan of plans) {
            const described = plan.describe(change({}, after), {});
            expect(described.does.length * described.unavailable.length * described.needs.length).toBeGreaterThan(0);
            expect(settingsText(plan.commit(change({}, after)))).toMatch(/^config:\n {2}observability:/);
        }
    });

    test("the settings to commit are lines of the stack file, without settings that are not set", () => {
        const { commit } = planNamed("minio-to-s3");
        expect(load(settingsText(commit(change({}, { objectStore: s3 }))))).toEqual({
            config: { "observability:objectStore": { ...s3, region: "us-east-1" } },
        });
    });
});

describe("a migration that was started before", () => {
    const own = `${userInfo().username}@${hostname()}`;
    const now = Date.parse("2026-11-28T06:00:00Z");
    const progress: Progress = {
        plan: "minio-to-s3",
        started: "2026-11-28T05:00:00.000Z",
        owner: "ada@laptop",
        pid: 17,
        done: { check: "2026-11-28T05:01:00.000Z", copy: "2026-11-28T05:31:00.000Z" },
        notes: {},
    };

    test("continues if its run has ended, or was killed", () => {
        const old = "2026-11-28T05:58:59Z";
        expect(refusal(undefined, "minio-to-s3", "prod", now)).toBeUndefined();
        expect(refusal(progress, "minio-to-s3", "prod", now)).toBeUndefined();
        expect(refusal({ ...progress, heartbeat: old }, "minio-to-s3", "prod", now)).toBeUndefined();
        // The process of this user and machine no longer exists.
        const dead = { ...progress, owner: own, pid: 2 ** 22 + 1, heartbeat: "2026-11-28T05:59:59Z" };
        expect(refusal(dead, "minio-to-s3", "prod", now)).toBeUndefined();
    });

    test("is refused while another run is active", () => {
        const active = { ...progress, heartbeat: "2026-11-28T05:59:50Z" };
        expect(refusal(active, "minio-to-s3", "prod", now)).toBe(
            "the migration minio-to-s3 is already running: it was started by ada@laptop (process 17), and confirmed at 2026-11-28T05:59:50Z that it runs; wait until it ends. If it was killed, wait 60 s",
        );
        expect(refusal(active, "tenant-on", "prod", now)).toContain("the migration minio-to-s3 is already running");
    });

    test("must be finished before another plan starts", () => {
        expect(refusal(progress, "tenant-on", "prod", now)).toBe(
            "the migration minio-to-s3 is not finished: it was started at 2026-11-28T05:00:00.000Z and has completed 2 steps; continue it with `npm run migrate -- minio-to-s3 prod`, or give it up with `npm run migrate -- minio-to-s3 prod --abort`",
        );
    });

    test("says where it continues", () => {
        expect(describeProgress(planNamed("minio-to-s3"), progress)).toBe(
            "This migration was started at 2026-11-28T05:00:00.000Z, last by ada@laptop. 2 of 7 steps are done. It continues with: Stop the backends.",
        );
    });

    test.each([
        ["minio-to-s3", "switch-started", "finish the migration instead"],
        ["minio-1-to-4", "reset-started", "finish the migration instead"],
        ["tenant-on", "backends-started", "finish the migration instead"],
    ])("%s cannot be given up after %s", async (name, step, message) => {
        await expect(planNamed(name).abort?.({} as never, ["check", step])).rejects.toThrow(message);
    });
});

describe("the program accepts a change that loses data", () => {
    const moves = (before: object, after: object) => {
        const applied = appliedSettings(resolveSettings({ profile: "prod", ...before }));
        return findMoves(applied, resolveSettings({ profile: "prod", ...after })).refused;
    };
    const settings = (refused: { setting: string }[]) => refused.map(({ setting }) => setting);

    test.each<[string, string, object, object]>([
        ["minio-to-s3", "objectStore.kind", {}, { objectStore: s3 }],
        ["minio-1-to-4", "replicas.minio", { replicas: { minio: 1 } }, {}],
        ["tenant-on", "tenant", {}, { tenant: "acme" }],
        ["mimir-mode", "mode.mimir", {}, { mode: { mimir: "distributed" } }],
        ["tempo-mode", "mode.tempo", {}, { mode: { tempo: "distributed" } }],
        ["pyroscope-mode", "mode.pyroscope", {}, { mode: { pyroscope: "distributed" } }],
    ])("only as part of the plan: %s", (plan, setting, before, after) => {
        const refused = moves(before, after);
        expect(settings(refused)).toEqual([setting]);
        expect(settings(refusedOutsidePlan(refused, {}))).toEqual([setting]);
        expect(settings(refusedOutsidePlan(refused, { OBSERVABILITY_MIGRATION: "namespace" }))).toEqual([setting]);
        expect(refusedOutsidePlan(refused, { OBSERVABILITY_MIGRATION: plan })).toEqual([]);
    });

    test("and no other change at the same time", () => {
        const refused = moves({}, { objectStore: s3, tenant: "acme" });
        expect(settings(refusedOutsidePlan(refused, { OBSERVABILITY_MIGRATION: "minio-to-s3" }))).toEqual(["tenant"]);
    });
});

test("the settings of the last deployment stay with the stack while a plan deploys only some components", () => {
    const [before, after] = [{}, { tenant: "acme" }].map((settings) => appliedSettings(resolveSettings(settings))) as [
        AppliedSettings,
        AppliedSettings,
    ];
    expect(appliedAfter(before, after, {})).toBe(after);
    expect(appliedAfter(before, after, { OBSERVABILITY_MIGRATION_PARTIAL: "true" })).toBe(before);
    expect(appliedAfter(undefined, after, { OBSERVABILITY_MIGRATION_PARTIAL: "true" })).toBe(after);
});

test("the switch to S3 keeps all objects of the object store in the cluster, and no other", () => {
    const urn = (component: string) => `urn:pulumi:prod::p::observability:index:${component}::name`;
    const resources = ["ObservabilityStack$observability:index:ObjectStore$kubernetes:core/v1:Secret", "Loki$x"].map(
        (component) => ({ urn: urn(component), type: "t", protect: true }),
    );
    expect(retainObjectStore({ version: 3, deployment: { resources } })).toBe(1);
    expect(resources).toEqual([
        { ...resources[0], protect: false, retainOnDelete: true },
        { urn: urn("Loki$x"), type: "t", protect: true },
    ]);
});

test("a step of a plan can deploy other settings than those of the stack file", () => {
    const file = {
        encryptionsalt: "v1:abc",
        config: { "observability:tracing": { samplingMode: "tail" }, "observability:profile": "prod" },
    };
    const tracing = { samplingMode: "head", samplingRatio: 1 };
    expect(load(stackFileWith(file, { tracing, tenant: undefined }))).toEqual({
        encryptionsalt: "v1:abc",
        config: { "observability:profile": "prod", "observability:tracing": tracing },
    });
    expect(() => resolveSettings({ profile: "prod", tracing })).not.toThrow();
});

test("sidecars that started before a time are found, also as native sidecars", () => {
    const pod = (name: string, containers: string[], startTime: Date | undefined, init: string[] = []): V1Pod => ({
        metadata: { name },
        spec: {
            containers: containers.map((container) => ({ name: container })),
            initContainers: init.map((container) => ({ name: container })),
        },
        status: { startTime },
    });
    const [before, time, after] = [5, 6, 7].map((hour) => new Date(Date.UTC(2026, 10, 28, hour))) as [Date, Date, Date];
    const pods = [
        pod("old", ["app", "daprd"], before),
        pod("native", ["app"], before, ["daprd"]),
        pod("new", ["app", "daprd"], after),
        pod("without", ["app"], before),
        pod("pending", ["app", "daprd"], undefined),
    ];
    expect(sidecarsBefore(pods, time).map(({ metadata }) => metadata?.name)).toEqual(["old", "native"]);
});

test("the old data of each tenant can be read with data sources", () => {
    const text = oldDataSources(change({}, { tenant: "acme" }));
    const { "observability:values": values } = load(text) as any;
    const { datasources } = values.grafana.datasources["before-tenant.yaml"];
    expect(
        datasources.map(({ url, secureJsonData }: any) => [
            new URL(url).host.split(".")[0],
            secureJsonData.httpHeaderValue1,
        ]),
    ).toEqual([
        ["loki", "fake"],
        ["tempo", "single-tenant"],
        ["mimir", "anonymous"],
        ["pyroscope", "anonymous"],
    ]);
    expect(() => resolveSettings({ values })).not.toThrow();
});

test.each([
    [100, 1, 4, 150],
    [100, 4, 1, 150],
    [120, 4, 8, 90],
])("%d bytes on %d and then %d replicas need %d bytes on a volume", (stored, from, to, bytes) => {
    expect(bytesPerVolume(stored, from, to)).toBe(bytes);
});

test("the volume of the second MinIO has a fifth more space than the data, and 1 GiB", () => {
    expect([stagingSize(0), stagingSize(10 * 2 ** 30)]).toEqual(["1Gi", "13Gi"]);
});

test("the Job that creates buckets can run again under another name, without generated labels", () => {
    const labels = { app: "minio", "batch.kubernetes.io/controller-uid": "1", "job-name": "minio-provision-1" };
    const spec = { containers: [], restartPolicy: "OnFailure" };
    const job = {
        metadata: { name: "minio-provision-1", uid: "1", labels: { app: "minio" } },
        spec: { backoffLimit: 20, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    };
    expect(copyOf(job, "monitoring")).toEqual({
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name: "observability-provision", namespace: "monitoring", labels: { app: "minio" } },
        spec: {
            backoffLimit: 20,
            ttlSecondsAfterFinished: 3600,
            template: { metadata: { labels: { app: "minio" } }, spec },
        },
    });
});

test("progress is printed every 15 seconds, and only if it has changed", () => {
    const printed: string[] = [];
    let time = 0;
    const print = seldom(
        (text) => printed.push(text),
        () => time,
    );
    for (const text of ["", "one", "two", "three", "three", "four"]) {
        print(text);
        time += 8000;
    }
    expect(printed).toEqual(["one", "three", "four"]);
});
