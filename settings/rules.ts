import { collectorComponents } from "../components/otel-collector/config";
import { pipelineMistakes } from "../components/otel-collector/pipeline";
import { backends, bucketName } from "../validation/buckets";
import { replicationMistake } from "../validation/replication";
import { defaultTail, slowerThanMistake } from "../validation/tail-sampling";
import { alertingRules } from "./alerting";
import type { Mistake, Path, Rule } from "./rule";
import type { CheckedSettings } from "./schema";
import { valuesRule } from "./values";

/**
 * Checks the rules that cover several keys.
 *
 * @param wrong the keys that have a mistake of their own. In `settings` they have their default, or are missing.
 */
export function crossFieldMistakes(settings: CheckedSettings, wrong: Path[]): Mistake[] {
    return rules
        .filter(({ reads }) => !reads.some((key) => wrong.some((path) => overlap(key.split("."), path))))
        .flatMap(({ mistakes }) => mistakes(settings));
}

/** Whether one path is a prefix of the other. */
function overlap(one: Path, other: Path): boolean {
    return one.every((part, index) => index >= other.length || part === other[index]);
}

const rules: Rule[] = [
    ...(["loki", "mimir"] as const).map(replication),
    { reads: ["tracing.samplingMode", "tracing.tail"], mistakes: sampling },
    { reads: ["profile", "cluster", "tracing", "collector"], mistakes: collector },
    { reads: ["objectStore.bucketPrefix", "objectStore.buckets"], mistakes: buckets },
    { reads: ["objectStore.kind", "objectStore.endpoint"], mistakes: s3Endpoint },
    {
        reads: ["kind", "existingSecret", "accessKeyId", "secretAccessKey", "workloadIdentity"].map(
            (key) => `objectStore.${key}`,
        ),
        mistakes: s3Credentials,
    },
    { reads: ["objectStore.kind"], mistakes: minio },
    { reads: ["grafana.existingSecret"], mistakes: grafanaLogin },
    { reads: ["grafana.ingress.enabled", "grafana.ingress.host"], mistakes: grafanaIngress },
    { reads: ["dapr.enabled", "dapr.namespaces"], mistakes: dapr },
    { reads: ["tolerations"], mistakes: tolerations },
    ...alertingRules,
    valuesRule,
];

function replication(backend: "loki" | "mimir"): Rule {
    return {
        // The profile decides the default of the replicas.
        reads: ["profile", `replicas.${backend}`, `replicationFactor.${backend}`],
        mistakes: ({ replicas, replicationFactor }) => {
            const given = replicationFactor[backend];
            if (given !== undefined) {
                const allowed = replicationMistake(replicas[backend], given);
                return allowed ? [{ path: ["replicationFactor", backend], message: allowed }] : [];
            }
            return replicas[backend] % 2 === 0
                ? [
                      {
                          path: ["replicas", backend],
                          message: `an odd number, because every replica stores every series or stream and writes need a majority; for an even number, set replicationFactor.${backend} to 1 or 3`,
                      },
                  ]
                : [];
        },
    };
}

function sampling({ tracing }: CheckedSettings): Mistake[] {
    if (tracing.tail === undefined) {
        return [];
    }
    if (tracing.samplingMode === "head") {
        return [
            {
                path: ["tracing", "tail"],
                message: 'has no effect with tracing.samplingMode "head"; remove it or set the mode to "tail"',
                sentence: true,
            },
        ];
    }
    const allowed = slowerThanMistake(tracing.tail);
    const given = tracing.tail.slowerThan === undefined ? "decisionWait" : "slowerThan";
    return allowed === undefined
        ? []
        : [
              {
                  path: ["tracing", "tail", given],
                  message:
                      given === "slowerThan" ? allowed : `more than slowerThan, which is ${defaultTail.slowerThan}`,
              },
          ];
}

function collector({ profile, namespace, cluster, tracing, replicas, collector: given }: CheckedSettings): Mistake[] {
    const { jaeger, resourceAttributes, ...components } = given;
    const mistakes = pipelineMistakes(
        collectorComponents({
            profile,
            namespace,
            cluster,
            exportEndpoint: "http://receiver",
            replicas: replicas.collector,
            tailSampling: tracing.samplingMode === "tail" ? { ratio: tracing.samplingRatio } : undefined,
            jaeger,
            resourceAttributes,
            components,
        }),
    );
    return mistakes.map((sentence) => {
        const [, place = "", message = ""] = /^(\S+) (.*)$/s.exec(sentence) ?? [];
        return { path: ["collector", place], message, sentence: true };
    });
}

function buckets({ objectStore }: CheckedSettings): Mistake[] {
    return backends.flatMap((backend, index): Mistake[] => {
        const name = bucketName(backend, objectStore);
        const first = backends.slice(0, index).find((other) => bucketName(other, objectStore) === name);
        const given = objectStore.buckets[backend] === undefined && first !== undefined ? first : backend;
        return first === undefined
            ? []
            : [
                  {
                      path: ["objectStore", "buckets", given],
                      message: `different from the bucket of ${given === backend ? first : backend}`,
                  },
              ];
    });
}

function s3Endpoint({ objectStore: { kind, endpoint } }: CheckedSettings): Mistake[] {
    return kind === "s3" && endpoint === undefined
        ? [
              {
                  path: ["objectStore", "endpoint"],
                  message:
                      'is missing; kind "s3" needs the endpoint of the S3 service, such as "https://s3.eu-central-1.amazonaws.com"',
                  sentence: true,
              },
          ]
        : [];
}

function s3Credentials({ objectStore: store }: CheckedSettings): Mistake[] {
    if (store.kind !== "s3") {
        return [];
    }
    const mistakes: Mistake[] = [];
    const ways = [
        store.existingSecret !== undefined && "existingSecret",
        (store.accessKeyId !== undefined || store.secretAccessKey !== undefined) && "accessKeyId with secretAccessKey",
        store.workloadIdentity === true && "workloadIdentity",
    ].filter((way) => way !== false);
    if (ways.length !== 1) {
        mistakes.push({
            path: ["objectStore"],
            message: `has ${ways.length === 0 ? "no credentials" : ways.join(" and ")}; kind "s3" needs exactly one of existingSecret (a Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), accessKeyId with secretAccessKey, and workloadIdentity: true`,
            sentence: true,
        });
    }
    for (const [key, other] of [
        ["accessKeyId", "secretAccessKey"],
        ["secretAccessKey", "accessKeyId"],
    ] as const) {
        if (store[key] === undefined && store[other] !== undefined) {
            mistakes.push({
                path: ["objectStore", key],
                message: `is missing; objectStore.${other} is set, and both are needed`,
                sentence: true,
            });
        }
    }
    if (store.serviceAccountAnnotations !== undefined && !store.workloadIdentity) {
        mistakes.push({
            path: ["objectStore", "serviceAccountAnnotations"],
            message: "has no effect without objectStore.workloadIdentity: true",
            sentence: true,
        });
    }
    return mistakes;
}

function minio({ objectStore: store }: CheckedSettings): Mistake[] {
    const s3Only = [
        "endpoint",
        "pathStyle",
        "existingSecret",
        "accessKeyId",
        "secretAccessKey",
        "workloadIdentity",
        "serviceAccountAnnotations",
    ] as const;
    return s3Only
        .filter((key) => store.kind === "minio" && store[key] !== undefined)
        .map((key) => ({
            path: ["objectStore", key],
            message: 'has no effect with objectStore.kind "minio"; remove it or set the kind to "s3"',
            sentence: true,
        }));
}

function grafanaLogin({ grafana }: CheckedSettings): Mistake[] {
    return (["adminUser", "adminPassword"] as const)
        .filter((key) => grafana[key] !== undefined && grafana.existingSecret !== undefined)
        .map((key) => ({
            path: ["grafana", key],
            message: "and grafana.existingSecret are both set; the user and the password must come from one of them",
            sentence: true,
        }));
}

function grafanaIngress({ grafana }: CheckedSettings): Mistake[] {
    return ingressEnabled(grafana.ingress) && grafana.ingress.host === undefined
        ? [
              {
                  path: ["grafana", "ingress", "host"],
                  message: 'is missing; an ingress needs a host name, such as "grafana.example.com"',
                  sentence: true,
              },
          ]
        : [];
}

/** Whether the stack creates an ingress: `enabled` decides; by default, any other key of the ingress enables it. */
export function ingressEnabled(ingress: CheckedSettings["grafana"]["ingress"]): boolean {
    return ingress.enabled ?? Object.values(ingress).some((value) => value !== undefined);
}

function dapr({ dapr: { enabled, namespaces } }: CheckedSettings): Mistake[] {
    const repeated = namespaces.flatMap((namespace, index): Mistake[] =>
        namespaces.indexOf(namespace) === index
            ? []
            : [{ path: ["dapr", "namespaces", index], message: "listed only once" }],
    );
    return enabled && namespaces.length === 0
        ? [
              {
                  path: ["dapr", "namespaces"],
                  message: "is empty; dapr.enabled needs at least one namespace with applications",
                  sentence: true,
              },
          ]
        : repeated;
}

// The API server would reject these tolerations only when it creates the first pod.
function tolerations({ tolerations: given }: CheckedSettings): Mistake[] {
    return given.flatMap(({ key, operator = "Equal", value = "", effect, tolerationSeconds }, index) => {
        const mistake = (part: string, message: string): Mistake => ({
            path: ["tolerations", index, part],
            message,
            sentence: true,
        });
        return [
            ...(key === undefined && operator !== "Exists"
                ? [
                      mistake(
                          "key",
                          'is missing; only operator "Exists" works without a key, and then tolerates every taint',
                      ),
                  ]
                : []),
            ...(operator === "Exists" && value !== ""
                ? [mistake("value", 'has no effect with operator "Exists"; remove it or set the operator to "Equal"')]
                : []),
            ...(tolerationSeconds !== undefined && effect !== "NoExecute"
                ? [mistake("tolerationSeconds", 'has no effect without effect "NoExecute"')]
                : []),
        ];
    });
}
