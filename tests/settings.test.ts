import * as fs from "fs";
import * as pulumi from "@pulumi/pulumi";
import { load } from "js-yaml";
import { type HelmValues, mergeValues } from "../components/helm/values";
import { recordProgram } from "../cli/record";
import { loadSettings } from "../settings/load";
import { SettingsError } from "../settings/error";
import { resolveSettings } from "../settings/resolve";
import { settingsSchema } from "../settings/schema";
import { warnings } from "../settings/warnings";
import { mistakesOf } from "./helpers/mistakes";

const mistakes = (settings: object) => mistakesOf(settings, "observability:");

const distributed = { profile: "prod", mode: { loki: "distributed" } };
const s3 = { kind: "s3", endpoint: "https://s3.example.com", existingSecret: "keys" };
const oidc = {
    authUrl: "https://login.example.com/authorize",
    tokenUrl: "https://login.example.com/token",
    apiUrl: "https://login.example.com/userinfo",
    clientId: "grafana",
    existingSecret: "oidc",
};
const external = { enabled: true, clients: ["edge"] };

describe("the defaults", () => {
    test.each([
        ["dev", 1, ["2d", "2d", "7d", "2d"], [1, 1, 1, 1, 1, 1], "5Gi"],
        ["prod", 0.1, ["30d", "14d", "30d", "7d"], [3, 3, 1, 3, 3, 4], "100Gi"],
    ] as const)("of %s", (profile, ratio, retention, replicas, size) => {
        const settings = resolveSettings({ profile });
        expect(settings.tracing).toEqual({ samplingMode: "head", samplingRatio: ratio, dropSpans: [] });
        expect(Object.values(settings.retention)).toEqual(retention);
        expect(Object.values(settings.replicas)).toEqual(replicas);
        expect(settings.replicationFactor).toEqual({ loki: replicas[3], mimir: replicas[4] });
        expect(settings.storage.sizes).toMatchObject({ loki: size, tempo: size, mimir: size, pyroscope: size });
        expect([settings.namespace, settings.cluster, settings.objectStore.kind]).toEqual([
            "monitoring",
            profile,
            "minio",
        ]);
    });

    test("of Grafana's password: fixed in dev, random in prod, none with a Secret", () => {
        expect(resolveSettings({}).grafana.adminPassword).toBeDefined();
        expect(resolveSettings({ profile: "prod" }).grafana.adminPassword).toBeUndefined();
        expect(resolveSettings({ grafana: { existingSecret: "login" } }).grafana.adminPassword).toBeUndefined();
    });

    test("of a replication factor follow the replicas, up to 3", () => {
        expect(resolveSettings({ replicas: { loki: 5, mimir: 3 } }).replicationFactor).toEqual({ loki: 3, mimir: 3 });
        expect(resolveSettings({ replicas: { loki: 4, mimir: 6 } }).replicationFactor).toEqual({ loki: 3, mimir: 3 });
    });

    test("are stable if settings are resolved again", () => {
        const once = resolveSettings({ profile: "prod", replicas: { mimir: 5 } });
        expect(resolveSettings(once)).toEqual(once);
    });

    test("result in frozen settings", () => {
        const settings = resolveSettings({});
        expect(() => Object.assign(settings.replicas, { loki: 9 })).toThrow(TypeError);
    });
});

describe("stack config", () => {
    const read = async (config: Record<string, string>) =>
        (await recordProgram({ project: "shop", stack: "test", config }, loadSettings)).result;

    test("is read from the namespace of the project", async () => {
        const settings = await read({ "shop:namespace": "watch", "other:namespace": "elsewhere" });
        expect(settings.namespace).toBe("watch");
    });

    test("can contain numbers and booleans as texts, as `pulumi config set` writes them", async () => {
        const settings = await read({
            "shop:tracing": JSON.stringify({ samplingRatio: "0.25" }),
            "shop:replicas": JSON.stringify({ loki: "3" }),
            "shop:skipAwait": "true",
        });
        expect([settings.tracing.samplingRatio, settings.replicas.loki, settings.skipAwait]).toEqual([0.25, 3, true]);
    });

    test("treats an empty text as unset", async () => {
        expect((await read({ "shop:cluster": "" })).cluster).toBe("dev");
    });

    test("is rejected with the keys of the stack file", async () => {
        await expect(read({ "shop:tracing": '{"samplingRatio": "lots"}' })).rejects.toThrow(
            'shop:tracing.samplingRatio is "lots"; it must be a number from 0 to 1.',
        );
    });

    test("can be secret only for keys that stay secret", async () => {
        const secretly = (config: Record<string, string>, secretKeys: string[]) =>
            recordProgram({ project: "shop", stack: "test", config, secretKeys }, loadSettings);
        const keys = { "shop:grafana": '{"adminPassword": "hunter2"}', "shop:objectStore": '{"kind": "minio"}' };
        await expect(secretly(keys, Object.keys(keys))).resolves.toBeDefined();
        const refused = secretly({ ...keys, "shop:tracing": '{"samplingRatio": "hunter2"}', "shop:replicas": "x" }, [
            "shop:tracing",
        ]).catch((error: SettingsError) => error.mistakes);
        expect(await refused).toEqual([
            "shop:tracing is secret; only grafana.adminPassword, grafana.oidc.clientSecret, ingestion.external.credentials, objectStore.accessKeyId and objectStore.secretAccessKey may be secret, because every other value can appear in clear text in a chart.",
            expect.stringMatching(/^shop:replicas is "x"/) as string,
        ]);
    });

    test("keeps secrets secret and does not print them", async () => {
        const settings = await read({ "shop:grafana": '{"adminPassword": "hunter2"}' });
        const password = settings.grafana.adminPassword;
        expect(await pulumi.isSecret(pulumi.output(password))).toBe(true);
        expect(mistakes({ grafana: { adminPassword: ["hunter2"] } })).toEqual([
            "observability:grafana.adminPassword is [secret]; it must be a string that is not empty.",
        ]);
    });
});

describe("settings are rejected with key, value and allowed values", () => {
    test.each<[string, object, string]>([
        ["an unknown key", { retentoin: {} }, "observability:retentoin is unknown. Did you mean retention?"],
        [
            "an unknown key inside",
            { retention: { log: "1d" } },
            "observability:retention.log is unknown. Did you mean retention.logs?",
        ],
        [
            "an unknown key in a list",
            { tolerations: [{ kye: "a" }] },
            "observability:tolerations[0].kye is unknown. Did you mean tolerations[0].key?",
        ],
        [
            "an unknown component in values",
            { values: { redis: {} } },
            'observability:values.redis is unknown; "npm run plan -- STACK --verbose" lists the allowed keys.',
        ],
        [
            "an address without a prefix length",
            { networkPolicies: { nodeCidrs: ["10.0.0.1"] } },
            'observability:networkPolicies.nodeCidrs[0] is "10.0.0.1"; it must be an address range such as "10.0.0.0/8".',
        ],
        [
            "a prefix length above that of the address family",
            { networkPolicies: { apiServerCidrs: ["10.0.0.1/64"] } },
            'observability:networkPolicies.apiServerCidrs[0] is "10.0.0.1/64"; it must be an address range such as "10.0.0.0/8".',
        ],
        [
            "a port above 65535",
            { networkPolicies: { apiServerPorts: [70000] } },
            "observability:networkPolicies.apiServerPorts[0] is 70000; it must be a whole number from 1 to 65535.",
        ],
        [
            "a connection of an absent component",
            {
                components: { loki: false, alloyLogs: false },
                networkPolicies: { ingress: [{ component: "loki", namespaces: ["reports"] }] },
            },
            "observability:networkPolicies.ingress[0].component has no effect, because the stack does not deploy this component; remove the entry.",
        ],
        [
            "a connection to nowhere",
            { networkPolicies: { egress: [{ component: "grafana", ports: [443] }] } },
            "observability:networkPolicies.egress[0].namespaces is missing; the destination needs namespaces or cidrs.",
        ],
        [
            "a domain with a dot at its end",
            { clusterDomain: "k8s.example.com." },
            'observability:clusterDomain is "k8s.example.com."; it must be a DNS domain such as "cluster.local", without a dot at its beginning and its end.',
        ],
        [
            "a text for a map",
            { retention: "7d" },
            'observability:retention is "7d"; it must be a map with the keys logs, traces, metrics, profiles.',
        ],
        [
            "a list for a map",
            { tracing: [1] },
            "observability:tracing is [1]; it must be a map with the keys samplingMode, samplingRatio, tail, dropSpans.",
        ],
        [
            "a text for a number",
            { replicas: { loki: "many" } },
            'observability:replicas.loki is "many"; it must be a whole number from 1 to 50.',
        ],
        [
            "a fraction of a replica",
            { replicas: { loki: 1.5 } },
            "observability:replicas.loki is 1.5; it must be a whole number from 1 to 50.",
        ],
        [
            "no replica at all",
            { replicas: { collector: 0 } },
            "observability:replicas.collector is 0; it must be a whole number from 1 to 50.",
        ],
        ["a text for a boolean", { skipAwait: "yes" }, 'observability:skipAwait is "yes"; it must be true or false.'],
        [
            "null",
            { namespace: null },
            "observability:namespace is null; remove the key, or set it to a Kubernetes name: at most 63",
        ],
        [
            "an unknown profile",
            { profile: "staging" },
            'observability:profile is "staging"; it must be one of "dev", "prod".',
        ],
        [
            "a ratio above 1",
            { tracing: { samplingRatio: 1.5 } },
            "observability:tracing.samplingRatio is 1.5; it must be a number from 0 to 1.",
        ],
        [
            "a ratio below 0",
            { tracing: { samplingRatio: "-0.1" } },
            'observability:tracing.samplingRatio is "-0.1"; it must be a number from 0 to 1.',
        ],
        [
            "a retention of logs below the minimum",
            { retention: { logs: "12h" } },
            'observability:retention.logs is "12h"; it must be a duration of at least 24h, such as "30d" (the Loki index has a period of 24h).',
        ],
        [
            "a retention of traces below the minimum",
            { retention: { traces: "30m" } },
            'observability:retention.traces is "30m"; it must be a duration',
        ],
        [
            "a retention above the maximum",
            { retention: { logs: "106752d" } },
            'observability:retention.logs is "106752d"; it must be a duration from 24h to 2562047h, such as "30d".',
        ],
        [
            "a duration without unit",
            { retention: { metrics: 30 } },
            "observability:retention.metrics is 30; it must be a duration",
        ],
        [
            "tail settings in head mode",
            { tracing: { tail: { decisionWait: "10s" } } },
            'observability:tracing.tail has no effect with tracing.samplingMode "head"',
        ],
        [
            "a replication factor above the replicas",
            { replicationFactor: { loki: 3 } },
            "observability:replicationFactor.loki is 3; it must be at most replicas.loki, which is 1 (default of profile dev).",
        ],
        [
            "a replication factor above the ingesters",
            { mode: { loki: "distributed" }, replicas: { loki: 1 }, replicationFactor: { loki: 3 } },
            "observability:replicationFactor.loki is 3; it must be at most replicas.loki, which is 1.",
        ],
        [
            "fewer ingesters in Helm values than copies",
            { ...distributed, values: { loki: { ingester: { replicas: 2 } } } },
            "observability:values.loki.ingester.replicas is 2, but replicationFactor.loki is 3, so each line is written to 3 ingesters; set it to at least 3.",
        ],
        [
            "an autoscaler of ingesters below the copies",
            { ...distributed, values: { loki: { ingester: { autoscaling: { enabled: true, minReplicas: 2 } } } } },
            "observability:values.loki.ingester.autoscaling.minReplicas is 2, but replicationFactor.loki is 3",
        ],
        [
            "an autoscaler of ingesters with the minimum of the chart",
            { ...distributed, values: { loki: { ingester: { kedaAutoscaling: { enabled: true } } } } },
            "observability:values.loki.ingester.kedaAutoscaling.minReplicas is 1, but replicationFactor.loki is 3",
        ],
        [
            "zones of distributed Loki",
            { ...distributed, values: { loki: { ingester: { zoneAwareReplication: { enabled: true } } } } },
            "observability:values.loki.ingester.zoneAwareReplication.enabled is true, but the stack does not deploy the operator",
        ],
        [
            "distributed Loki without an object store",
            { ...distributed, values: { loki: { loki: { storage: { type: "filesystem" } } } } },
            'observability:values.loki.loki.storage.type is "filesystem", but the parts of distributed Loki share an object store; remove it.',
        ],
        [
            "Helm values of the other mode",
            { ...distributed, values: { loki: { singleBinary: { resources: {} } } } },
            'observability:values.loki.singleBinary has no effect with mode.loki "distributed"',
        ],
        [
            "another mode in Helm values",
            { ...distributed, values: { loki: { deploymentMode: "SimpleScalable" } } },
            'observability:values.loki.deploymentMode contradicts mode.loki, which is "distributed"; remove it.',
        ],
        [
            "distributed Loki without the gateway",
            { ...distributed, values: { loki: { gateway: { enabled: false } } } },
            "observability:values.loki.gateway.enabled is false, but the Service loki leads to the gateway; remove it.",
        ],
        [
            "replicas of parts that do not exist",
            { replicas: { lokiQuerier: 3 } },
            'observability:replicas.lokiQuerier has no effect with mode.loki "monolithic"',
        ],
        [
            "an autoscaler of parts that do not exist",
            { autoscaling: { lokiDistributor: { minReplicas: 2, maxReplicas: 4 } } },
            'observability:autoscaling.lokiDistributor has no effect with mode.loki "monolithic"',
        ],
        [
            "a blocked drain of a part",
            { ...distributed, values: { loki: { querier: { podDisruptionBudget: { maxUnavailable: 0 } } } } },
            "observability:values.loki.querier.podDisruptionBudget.maxUnavailable is 0 with 3 replicas, so that no pod can be evicted",
        ],
        [
            "distributed Loki that is not deployed",
            { mode: { loki: "distributed" }, components: { loki: false, alloyLogs: false } },
            'observability:mode.loki is "distributed", but the stack does not deploy Loki; remove it.',
        ],
        [
            "an even replication factor",
            { replicas: { mimir: 3 }, replicationFactor: { mimir: 2 } },
            "observability:replicationFactor.mimir is 2; it must be an odd number",
        ],
        [
            "two replicas, each with a copy",
            { replicas: { loki: 2 } },
            "observability:replicas.loki is 2; it must be 1 or at least 3, because with two copies, writes fail while one of the replicas is down; for 2 replicas with one copy, set replicationFactor.loki to 1.",
        ],
        [
            "too few replicas for erasure coding",
            { replicas: { minio: 2 } },
            "observability:replicas.minio is 2; it must be 1 (one drive, no redundancy) or a whole number from 4 to 16",
        ],
        [
            "an invalid size",
            { storage: { sizes: { loki: "10GB" } } },
            'observability:storage.sizes.loki is "10GB"; it must be a Kubernetes quantity',
        ],
        [
            "an invalid namespace",
            { namespace: "My_Space" },
            'observability:namespace is "My_Space"; it must be a Kubernetes name: at most 63',
        ],
        [
            "S3 without endpoint",
            { objectStore: { kind: "s3", existingSecret: "keys" } },
            'observability:objectStore.endpoint is missing; kind "s3" needs the endpoint',
        ],
        [
            "S3 without credentials",
            { objectStore: { kind: "s3", endpoint: "https://s3.example.com" } },
            'observability:objectStore has no credentials; kind "s3" needs exactly one of existingSecret',
        ],
        [
            "S3 with two kinds of credentials",
            { objectStore: { ...s3, workloadIdentity: true } },
            "observability:objectStore has several kinds of credentials: existingSecret and workloadIdentity; keep exactly one of existingSecret or workloadIdentity.",
        ],
        [
            "an access key without a secret key",
            { objectStore: { kind: "s3", endpoint: "https://s3.example.com", accessKeyId: "a" } },
            "observability:objectStore.secretAccessKey is missing; objectStore.accessKeyId is set, and both are needed.",
        ],
        [
            "an endpoint with a path",
            { objectStore: { ...s3, endpoint: "https://s3.example.com/bucket" } },
            'observability:objectStore.endpoint is "https://s3.example.com/bucket"; it must be a host',
        ],
        [
            "one bucket for two backends",
            { objectStore: { ...s3, buckets: { loki: "all", tempo: "all" } } },
            'observability:objectStore.buckets.tempo is "all"; it must be different from the bucket of loki.',
        ],
        [
            "the default bucket of another backend",
            { objectStore: { ...s3, buckets: { loki: "tempo" } } },
            'observability:objectStore.buckets.loki is "tempo"; it must be different from the bucket of tempo.',
        ],
        [
            "the bucket of another backend with the prefix",
            { objectStore: { ...s3, bucketPrefix: "acme", buckets: { mimir: "acme-loki" } } },
            'observability:objectStore.buckets.mimir is "acme-loki"; it must be different from the bucket of loki.',
        ],
        [
            "a bucket that looks like an IP address",
            { objectStore: { ...s3, buckets: { loki: "10.0.0.1" } } },
            'observability:objectStore.buckets.loki is "10.0.0.1"; it must be a bucket name',
        ],
        [
            "an invalid region",
            { objectStore: { ...s3, region: "eu central 1" } },
            'observability:objectStore.region is "eu central 1"; it must be a region such as "eu-central-1"',
        ],
        [
            "an invalid annotation key",
            { grafana: { ingress: { host: "a.example", annotations: { "a/b/c": "d" } } } },
            "observability:grafana.ingress.annotations.a/b/c is not allowed as a key; it must be a Kubernetes label key",
        ],
        [
            "an annotation with a number",
            {
                objectStore: {
                    ...s3,
                    existingSecret: undefined,
                    workloadIdentity: true,
                    serviceAccountAnnotations: { a: 1 },
                },
            },
            'observability:objectStore.serviceAccountAnnotations.a is 1; it must be a string; write "1" in quotes.',
        ],
        [
            "Secrets of MinIO for S3",
            { objectStore: { ...s3, createSecrets: false } },
            'observability:objectStore.createSecrets has no effect with objectStore.kind "s3"; remove it.',
        ],
        [
            "S3 settings for MinIO",
            { objectStore: { endpoint: "https://s3.example.com" } },
            'observability:objectStore.endpoint has no effect with objectStore.kind "minio"',
        ],
        [
            "both a password and a Secret",
            { grafana: { adminPassword: "a", existingSecret: "b" } },
            "observability:grafana.adminPassword and grafana.existingSecret are both set",
        ],
        [
            "both namespaces and exceptions",
            { collectFrom: { namespaces: ["shop"], excludeNamespaces: ["dev"] } },
            "observability:collectFrom.excludeNamespaces and namespaces are both set; remove one of them",
        ],
        [
            "the own namespace as an exception",
            { namespace: "obs", collectFrom: { excludeNamespaces: ["shop", "obs"] } },
            'observability:collectFrom.excludeNamespaces contains "obs", the namespace of the stack; remove it',
        ],
        [
            "an empty list of namespaces",
            { collectFrom: { namespaces: [] } },
            "observability:collectFrom.namespaces is []; it must be a list of namespaces that is not empty",
        ],
        [
            "both a user and a Secret",
            { grafana: { adminUser: "root", existingSecret: "b" } },
            "observability:grafana.adminUser and grafana.existingSecret are both set",
        ],
        [
            "an ingress without host",
            { grafana: { ingress: { enabled: true } } },
            "observability:grafana.ingress.host is missing; an ingress needs a host name",
        ],
        [
            "an ingress with a certificate and no host",
            { grafana: { ingress: { tlsSecret: "tls" } } },
            "observability:grafana.ingress.host is missing",
        ],
        [
            "both an ingress and a gateway",
            { grafana: { ingress: { host: "a.example" }, gateway: { host: "a.example", parents: [{ name: "g" }] } } },
            "observability:grafana.gateway and grafana.ingress are both set; remove one of them.",
        ],
        [
            "a gateway without host",
            { grafana: { gateway: { parents: [{ name: "g" }] } } },
            "observability:grafana.gateway.host is missing; an HTTPRoute needs a host name",
        ],
        [
            "a gateway without parents",
            { grafana: { gateway: { host: "a.example" } } },
            "observability:grafana.gateway.parents is missing; an HTTPRoute needs at least one Gateway.",
        ],
        [
            "an issuer of certificates and no host",
            { grafana: { ingress: { clusterIssuer: "letsencrypt" } } },
            "observability:grafana.ingress.host is missing",
        ],
        [
            "OIDC without client secret",
            { grafana: { oidc: { ...oidc, existingSecret: undefined } } },
            "observability:grafana.oidc.clientSecret is missing; a login with OIDC needs clientSecret, or existingSecret with the name of a Secret that has the key client-secret.",
        ],
        [
            "OIDC with two client secrets",
            { grafana: { oidc: { ...oidc, clientSecret: "a" } } },
            "observability:grafana.oidc.clientSecret and grafana.oidc.existingSecret are both set; remove one of them.",
        ],
        [
            "OIDC without an endpoint",
            { grafana: { oidc: { ...oidc, tokenUrl: undefined } } },
            "observability:grafana.oidc.tokenUrl is missing; a login with OIDC needs the URL of the token endpoint.",
        ],
        [
            "OIDC without a client ID",
            { grafana: { oidc: { ...oidc, clientId: undefined } } },
            "observability:grafana.oidc.clientId is missing; a login with OIDC needs the client ID of Grafana.",
        ],
        [
            "allowed groups that Grafana cannot find",
            { grafana: { oidc: { ...oidc, allowedGroups: ["a"] } } },
            "observability:grafana.oidc.groupsAttributePath is missing; grafana.oidc.allowedGroups needs it to find the groups.",
        ],
        [
            "a required role that Grafana cannot find",
            { grafana: { oidc: { ...oidc, requireRole: true } } },
            "observability:grafana.oidc.roleAttributePath is missing; with grafana.oidc.requireRole, nobody could log in without it.",
        ],
        [
            "a role mapping of several lines",
            { grafana: { oidc: { ...oidc, roleAttributePath: "a ||\nb" } } },
            'observability:grafana.oidc.roleAttributePath is "a ||\\nb"; it must be a JMESPath expression in one line.',
        ],
        [
            "no password login without another login",
            { grafana: { passwordLogin: false } },
            "observability:grafana.passwordLogin is false, but there is no other login; set grafana.oidc, or remove grafana.passwordLogin.",
        ],
        [
            "ingestion without clients",
            { ingestion: { external: { enabled: true, scheme: "basic" } } },
            "observability:ingestion.external.clients is empty; each request needs the credential of a client",
        ],
        [
            "ingestion with a short credential",
            { ingestion: { external: { enabled: true, credentials: { edge: "123456789012345" } } } },
            "observability:ingestion.external.credentials.edge has 15 characters; a credential needs at least 16.",
        ],
        [
            "ingestion with the name of a client twice",
            { ingestion: { external: { ...external, credentials: { edge: "1234567890123456" } } } },
            'observability:ingestion.external.clients contains "edge" twice, or together with credentials.',
        ],
        [
            "ingestion with credentials and a Secret",
            { ingestion: { external: { enabled: true, credentials: { a: "1234567890123456" }, existingSecret: "s" } } },
            "observability:ingestion.external.credentials and ingestion.external.existingSecret are both set; remove one of them.",
        ],
        [
            "ingestion with an ingress and a gateway",
            {
                ingestion: {
                    external: {
                        ...external,
                        host: "a.example",
                        ingress: { className: "nginx" },
                        gateway: { parents: [{ name: "g" }] },
                    },
                },
            },
            "observability:ingestion.external.gateway and ingestion.external.ingress are both set; remove one of them.",
        ],
        [
            "ingestion with an ingress and TLS, and no host",
            { ingestion: { external: { ...external, ingress: { tlsSecret: "tls" } } } },
            "observability:ingestion.external.host is missing; an ingress needs a host name.",
        ],
        [
            "ingestion with a host that nothing uses",
            { ingestion: { external: { ...external, host: "a.example" } } },
            "observability:ingestion.external.host has no effect without ingestion.external.ingress or ingestion.external.gateway.",
        ],
        [
            "ingestion with a load balancer without TLS",
            { ingestion: { external: { ...external, loadBalancer: true } } },
            "observability:ingestion.external.tlsSecret is missing; a load balancer would send the credentials in clear text without it.",
        ],
        [
            "ingestion that is not enabled",
            { ingestion: { external: { clients: ["edge"] } } },
            "observability:ingestion.external.clients has no effect without ingestion.external.enabled: true.",
        ],
        [
            "ingestion without a collector",
            {
                components: { otelCollector: false, alloyReceiver: false },
                ingestion: { external },
            },
            "observability:ingestion.external.enabled is true, but components.otelCollector is false; remove one of them.",
        ],
        [
            "a host with a scheme",
            { grafana: { ingress: { host: "https://a.example" } } },
            'observability:grafana.ingress.host is "https://a.example"; it must be a host name',
        ],
        [
            "an application namespace listed twice",
            { dapr: { enabled: true, namespaces: ["a", "b", "a"] } },
            'observability:dapr.namespaces[2] is "a"; it must be listed only once',
        ],
        [
            "an unknown folder of dashboards",
            { dashboards: { disabledFolders: ["dapr", "slo"] } },
            'observability:dashboards.disabledFolders[1] is "slo"; it must be one of "control-plane", "cost", "dapr", "databases", "ebpf", "kafka", "kubernetes", "platform", "stack", "stores".',
        ],
        ["Dapr without application namespaces", { dapr: { enabled: true } }, "observability:dapr.namespaces is empty"],
        [
            "a registry with a scheme",
            { images: { registry: "https://registry.example.com" } },
            'observability:images.registry is "https://registry.example.com"; it must be a registry',
        ],
        [
            "a registry that ends in a slash",
            { images: { registry: "registry.example.com/mirror/" } },
            'observability:images.registry is "registry.example.com/mirror/"; it must be a registry',
        ],
        [
            "a mirror with an unknown scheme",
            { charts: { mirror: "ftp://charts.example.com" } },
            'observability:charts.mirror is "ftp://charts.example.com"; it must be a folder of .tgz files',
        ],
        [
            "a collector pipeline with undefined components",
            {
                collector: {
                    pipelines: {
                        "traces/x": { receivers: ["otlp"], processors: ["memory_limiter"], exporters: ["debug"] },
                    },
                },
            },
            'observability:collector.pipelines.traces/x.exporters[0] is "debug", which is not defined; it must be "otlp_http".',
        ],
        [
            "an unknown key in a pipeline",
            { collector: { pipelines: { logs: { receivers: ["otlp"], exporters: ["otlp_grpc"], recievers: [] } } } },
            "observability:collector.pipelines.logs.recievers is unknown. Did you mean collector.pipelines.logs.receivers?",
        ],
        [
            "an invalid node label",
            { nodeSelector: { "a b": "c" } },
            'observability:nodeSelector["a b"] is not allowed as a key',
        ],
        [
            "a node label with a boolean",
            { nodeSelector: { a: true } },
            "observability:nodeSelector.a is true; it must be",
        ],
        [
            "an unknown effect",
            { tolerations: [{ effect: "Never" }] },
            'observability:tolerations[0].effect is "Never"; it must be one of "NoSchedule"',
        ],
        [
            "a toleration without a key",
            { tolerations: [{ key: "a" }, { value: "b" }] },
            'observability:tolerations[1].key is missing; only operator "Exists" works without a key',
        ],
        [
            "a toleration with operator Exists and a value",
            { tolerations: [{ key: "a", operator: "Exists", value: "b" }] },
            'observability:tolerations[0].value has no effect with operator "Exists"',
        ],
        [
            "tolerationSeconds without the effect NoExecute",
            { tolerations: [{ key: "a", effect: "NoSchedule", tolerationSeconds: 60 }] },
            'observability:tolerations[0].tolerationSeconds has no effect without effect "NoExecute"',
        ],
        [
            "a toleration with an invalid value",
            { tolerations: [{ key: "a", value: "b c" }] },
            'observability:tolerations[0].value is "b c"; it must be empty, or 1 to 63 letters',
        ],
        [
            "an Output for a plain value",
            { namespace: pulumi.output("watch") },
            "observability:namespace is an Output; it must be a Kubernetes name",
        ],
    ])("%s", (_, raw, sentence) => {
        const found = mistakes(raw);
        expect(found).toHaveLength(1);
        expect(found[0]?.startsWith(sentence) ? sentence : found[0]).toBe(sentence);
    });

    test("all errors at once, including errors between keys", () => {
        const found = mistakes({
            tracing: { samplingRatio: 2, tail: {} },
            retention: { logs: "1h", nonsense: 1 },
            grafana: { ingress: { enabled: true } },
            dapr: { enabled: true, namespaces: ["Bad_Name"] },
            replicas: { mimir: 2 },
        });
        expect(found.map((sentence) => sentence.split(" ")[0])).toEqual([
            "observability:tracing.samplingRatio",
            "observability:retention.logs",
            "observability:retention.nonsense",
            "observability:dapr.namespaces[0]",
            "observability:replicas.mimir",
            "observability:tracing.tail",
            "observability:grafana.ingress.host",
        ]);
    });

    test.each<[string, object]>([
        ["objectStore.endpoint", { objectStore: { kind: "s3", endpoint: "not an endpoint", existingSecret: "keys" } }],
        ["objectStore.accessKeyId", { objectStore: { kind: "s3", endpoint: "a.example", accessKeyId: 1 } }],
        ["objectStore.kind", { objectStore: { ...s3, kind: "S3" } }],
        ["objectStore.buckets", { objectStore: { ...s3, bucketPrefix: "x", buckets: "x" } }],
        ["tracing.samplingMode", { tracing: { samplingMode: "tale", tail: {} } }],
        ["replicas", { replicas: 3, replicationFactor: { loki: 3 } }],
        ["profile", { profile: "production", replicationFactor: { loki: 3 } }],
        ["grafana.ingress.host", { grafana: { ingress: { host: "a b", tlsSecret: "tls" } } }],
        ["grafana.ingress", { grafana: { ingress: true } }],
        ["grafana.gateway.host", { grafana: { gateway: { host: "a b", parents: [{ name: "g" }] } } }],
        ["grafana.oidc.apiUrl", { grafana: { oidc: { ...oidc, apiUrl: "login" } } }],
        [
            "ingestion.external.clients",
            {
                ingestion: {
                    external: { enabled: true, clients: "edge", host: "a.example", ingress: { className: "c" } },
                },
            },
        ],
        ["dapr.namespaces", { dapr: { enabled: true, namespaces: "shop" } }],
        ["dapr.namespaces[0]", { dapr: { enabled: true, namespaces: ["Shop"] } }],
        ["tolerations[0].key", { tolerations: [{ key: "a b" }] }],
        [
            "collector.pipelines.traces.receivers[0]",
            { collector: { pipelines: { traces: { receivers: [1], exporters: [] } } } },
        ],
    ])("only the cause of related errors, in %s", (key, raw) => {
        expect(mistakes(raw).map((sentence) => sentence.split(" ")[0])).toEqual([`observability:${key}`]);
    });

    test("other errors, even if required keys are missing", () => {
        const raw = { collector: { pipelines: { traces: { receivers: ["otlp"] } } }, dapr: { enabled: true } };
        expect(mistakes(raw).map((sentence) => sentence.split(";")[0])).toEqual([
            "observability:collector.pipelines.traces.exporters is missing",
            "observability:dapr.namespaces is empty",
        ]);
    });

    test("values of the wrong type, without messages of the schema library", () => {
        const leaves = (schema: unknown, path: string[]): string[][] => {
            let node = schema as Node;
            while (node.def?.innerType) {
                node = node.def.innerType;
            }
            const below = Object.entries(node.def?.shape ?? {}).flatMap(([key, child]) =>
                leaves(child, [...path, key]),
            );
            return path.length === 0 ? below : [path, ...below];
        };
        const paths = leaves(settingsSchema("dev"), []);
        expect(paths.length).toBeGreaterThan(80);
        // Keys of the same depth are not inside of each other, so all of them can be wrong at once.
        for (const depth of new Set(paths.map(({ length }) => length))) {
            const keys = paths.filter(({ length }) => length === depth);
            for (const value of [1, true, null, "", "\u0000", [], [1], [[]], { "a b": 1 }]) {
                const raw = keys
                    .map((path) => path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as HelmValues)
                    .reduce((merged, one) => mergeValues(merged, one), {});
                const found = mistakes(raw);
                expect(found.length).toBeGreaterThan(keys.length / 2);
                expect(found.filter((sentence) => /invalid|expected|received|undefined/i.test(sentence))).toEqual([]);
            }
        }
    });
});

describe("messages contain no secrets", () => {
    test.each<[string, object]>([
        ["in a list instead of a map", { objectStore: [{ secretAccessKey: "hunter2" }] }],
        ["in a text instead of a map", { grafana: '{adminPassword: "hunter2"' }],
        ["in a map instead of a text", { grafana: { adminPassword: { value: "hunter2" } } }],
        ["under an unknown key", { objectStore: { secretAccesKey: "hunter2" } }],
        [
            "in the address of an S3 service",
            { objectStore: { ...s3, endpoint: "https://root:hunter2@s3.example.com" } },
        ],
        ["in the address of a mirror", { charts: { mirror: "https://root:hunter2@charts.example.com" } }],
        ["in the address of a registry of charts", { charts: { mirror: "oci://root:hunter2@charts.example.com" } }],
        ["in Grafana's address", { grafana: { rootUrl: "https://root:hunter2@grafana.example.com" } }],
    ])("%s", (_, raw) => {
        const found = mistakes(raw);
        expect(found).toHaveLength(1);
        expect(found[0]).not.toContain("hunter2");
    });
});

describe("settings are accepted", () => {
    test.each<[string, object]>([
        ["S3 with a Secret", { objectStore: s3 }],
        [
            "S3 with keys",
            { objectStore: { kind: "s3", endpoint: "s3.example.com", accessKeyId: "a", secretAccessKey: "b" } },
        ],
        [
            "S3 with workload identity",
            {
                objectStore: {
                    kind: "s3",
                    endpoint: "s3.example.com",
                    workloadIdentity: true,
                    serviceAccountAnnotations: { role: "x" },
                },
            },
        ],
        [
            "a pipeline with the processor that adds the head sampling ratio",
            {
                profile: "prod",
                collector: {
                    pipelines: {
                        "traces/copy": {
                            receivers: ["otlp"],
                            processors: ["memory_limiter", "resource/sampling"],
                            exporters: ["otlp_http"],
                        },
                    },
                },
            },
        ],
        ["tail sampling", { tracing: { samplingMode: "tail", tail: { decisionWait: "30s" } } }],
        ["an ingress with a host only", { grafana: { ingress: { host: "grafana.example.com" } } }],
        ["a disabled ingress", { grafana: { ingress: { enabled: false, tlsSecret: "tls" } } }],
        ["secrets as Outputs", { grafana: { adminPassword: pulumi.secret("x") } }],
        ["any Helm value", { values: { loki: { loki: { limits_config: { max_line_size: null } } } } }],
    ])("%s", (_, raw) => {
        expect(mistakes(raw)).toEqual([]);
    });
});

describe("warnings", () => {
    test("dev has no warnings", () => {
        expect(warnings(resolveSettings({}))).toEqual([]);
    });

    test.each<[object, string]>([
        [{ profile: "prod" }, 'objectStore.kind is "minio"'],
        [{ profile: "prod", replicas: { mimir: 1 } }, "replicationFactor.mimir is 1"],
        [{ objectStore: s3 }, "neither objectStore.bucketPrefix nor objectStore.buckets is set"],
        [{ grafana: { persistence: false } }, "grafana.persistence is false"],
        [{ ...distributed, replicas: { lokiQuerier: 1 } }, "replicas.lokiQuerier is 1: while its node is down"],
        [
            { ...distributed, autoscaling: { lokiDistributor: { minReplicas: 1, maxReplicas: 4 } } },
            "autoscaling.lokiDistributor.minReplicas is 1: while its node is down",
        ],
        [{ profile: "prod", skipAwait: true }, "skipAwait is true"],
        [{ profile: "prod" }, 'createNamespace is true: "npm run down" deletes the namespace'],
        [
            { profile: "prod" },
            "networkPolicies.clientNamespaces is not set: only namespaces with the label observability.mathtrail/client=true can send data to the stack",
        ],
        [
            { networkPolicies: { enabled: true, clientLabels: {} } },
            "networkPolicies.clientNamespaces is not set: no namespace can send data to the stack",
        ],
        [
            { profile: "prod", grafana: { rootUrl: "https://grafana.example.com" } },
            "networkPolicies.ingressNamespaces is not set: every address can connect to the port of Grafana",
        ],
        [
            { grafana: { existingSecret: "login" }, images: { pullSecrets: ["pull", "more"] } },
            'grafana.existingSecret is "login", images.pullSecrets[0] is "pull", images.pullSecrets[1] is "more". The stack creates the namespace, so these Secrets cannot exist before the first deployment. Pods wait until you create them.',
        ],
    ])("%j", (raw, warning) => {
        expect(warnings(resolveSettings(raw)).some((text) => text.startsWith(warning))).toBe(true);
    });
});

test("an existing namespace and existing Secrets cause no warning", () => {
    const raw = {
        profile: "prod",
        createNamespace: false,
        grafana: { existingSecret: "login" },
        networkPolicies: { clientNamespaces: ["shop"] },
    };
    expect(warnings(resolveSettings(raw)).filter((text) => /namespace/i.test(text))).toEqual([]);
});

/** The properties of a zod schema that the tests read. */
interface Node {
    def?: { innerType?: Node; shape?: Record<string, Node> };
}

describe("Pulumi.yaml", () => {
    interface Property {
        type?: string;
        default?: unknown;
        description?: string;
    }
    const { config } = load(fs.readFileSync("Pulumi.yaml", "utf8")) as { config: Record<string, Property> };
    const { shape } = settingsSchema("dev");

    test("describes exactly the existing keys", () => {
        const described = Object.keys(config).filter((key) => !key.startsWith("pulumi:"));
        expect(described.sort()).toEqual(Object.keys(shape).sort());
        for (const [key, path] of keysBelow(shape)) {
            expect({ key: path, text: config[path.split(".")[0] ?? ""]?.description }).toEqual({
                key: path,
                text: expect.stringMatching(new RegExp(`(^|\\W)${key}(\\W|$)`)) as string,
            });
        }
    });

    test("has defaults without effect, because Pulumi asks for keys without a default", () => {
        const defaults = Object.entries(config).flatMap(([key, { default: value }]) =>
            key.startsWith("pulumi:") || value === "" ? [] : [[key, value]],
        );
        expect(defaults.length).toBeGreaterThan(10);
        expect(warnings(resolveSettings(Object.fromEntries(defaults) as object))).toEqual([]);
        expect(JSON.stringify(resolveSettings(Object.fromEntries(defaults) as object))).toBe(
            JSON.stringify(resolveSettings({})),
        );
    });

    function keysBelow(shapeOf: Record<string, unknown>, path = ""): [string, string][] {
        return Object.entries(shapeOf).flatMap(([key, schema]) => {
            let node = schema as Node;
            while (node.def?.innerType) {
                node = node.def.innerType;
            }
            const here = path === "" ? key : `${path}.${key}`;
            const below = keysBelow(node.def?.shape ?? {}, here);
            return path === "" ? below : [[key, here] as [string, string], ...below];
        });
    }
});
