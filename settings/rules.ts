import { replicationMistake } from "../validation/replication";
import { alertingMistakes } from "./alerting";
import type { CheckedSettings } from "./schema";

/** Something that a stack's settings get wrong: the key, and the end of the sentence "KEY is VALUE; it must be …". */
export interface Mistake {
    path: (string | number)[];
    /** What is allowed there; or, where `sentence` is true, all that is to be said after the key. */
    message: string;
    sentence?: boolean;
}

/** Every rule that spans several keys. Each looks at settings whose single values are sound. */
export function crossFieldMistakes(settings: CheckedSettings): Mistake[] {
    return [
        ...replicationMistakes(settings),
        ...samplingMistakes(settings),
        ...objectStoreMistakes(settings),
        ...grafanaMistakes(settings),
        ...daprMistakes(settings),
        ...alertingMistakes(settings),
    ];
}

function replicationMistakes({ replicas, replicationFactor }: CheckedSettings): Mistake[] {
    return (["loki", "mimir"] as const).flatMap((backend): Mistake[] => {
        const given = replicationFactor[backend];
        if (given !== undefined) {
            const allowed = replicationMistake(replicas[backend], given);
            return allowed ? [{ path: ["replicationFactor", backend], message: allowed }] : [];
        }
        return replicas[backend] % 2 === 0
            ? [
                  {
                      path: ["replicas", backend],
                      message: `an odd number, because every replica is part of a quorum; for an even one set replicationFactor.${backend} to 1 or 3`,
                  },
              ]
            : [];
    });
}

function samplingMistakes({ tracing }: CheckedSettings): Mistake[] {
    return tracing.tail && tracing.samplingMode === "head"
        ? [
              {
                  path: ["tracing", "tail"],
                  message: 'has no effect with tracing.samplingMode "head"; remove it or set the mode to "tail"',
                  sentence: true,
              },
          ]
        : [];
}

function objectStoreMistakes({ objectStore: store }: CheckedSettings): Mistake[] {
    const buckets = (["loki", "tempo", "mimir", "pyroscope"] as const).flatMap((backend, index, all): Mistake[] => {
        const name = store.buckets[backend];
        const first = all.slice(0, index).find((other) => name !== undefined && store.buckets[other] === name);
        return first
            ? [{ path: ["objectStore", "buckets", backend], message: `another bucket than that of ${first}` }]
            : [];
    });
    return [...buckets, ...(store.kind === "s3" ? s3Mistakes(store) : minioMistakes(store))];
}

function s3Mistakes(store: CheckedSettings["objectStore"]): Mistake[] {
    const mistakes: Mistake[] = [];
    if (store.endpoint === undefined) {
        mistakes.push({
            path: ["objectStore", "endpoint"],
            message:
                'is missing; with kind "s3" it says where the S3 service answers, such as "https://s3.eu-central-1.amazonaws.com"',
            sentence: true,
        });
    }
    const ways = [
        store.existingSecret !== undefined && "existingSecret",
        (store.accessKeyId !== undefined || store.secretAccessKey !== undefined) && "accessKeyId with secretAccessKey",
        store.workloadIdentity === true && "workloadIdentity",
    ].filter((way) => way !== false);
    if (ways.length !== 1) {
        mistakes.push({
            path: ["objectStore"],
            message: `needs exactly one kind of credentials, and has ${ways.length === 0 ? "none" : ways.join(" and ")}: existingSecret (a Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), accessKeyId with secretAccessKey, or workloadIdentity`,
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
                message: `is missing; objectStore.${other} is of no use without it`,
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

function minioMistakes(store: CheckedSettings["objectStore"]): Mistake[] {
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
        .filter((key) => store[key] !== undefined)
        .map((key) => ({
            path: ["objectStore", key],
            message: 'has no effect with objectStore.kind "minio"; remove it or set the kind to "s3"',
            sentence: true,
        }));
}

function grafanaMistakes({ grafana }: CheckedSettings): Mistake[] {
    const mistakes: Mistake[] = [];
    if (grafana.adminPassword !== undefined && grafana.existingSecret !== undefined) {
        mistakes.push({
            path: ["grafana", "adminPassword"],
            message: "and grafana.existingSecret are both set; the login comes from one of them",
            sentence: true,
        });
    }
    if (ingressWanted(grafana.ingress) && grafana.ingress.host === undefined) {
        mistakes.push({
            path: ["grafana", "ingress", "host"],
            message: 'is missing; an ingress needs the host name that it answers to, such as "grafana.example.com"',
            sentence: true,
        });
    }
    return mistakes;
}

/** An ingress is wanted where it is switched on, or where anything of it is set and it is not switched off. */
export function ingressWanted(ingress: CheckedSettings["grafana"]["ingress"]): boolean {
    return ingress.enabled ?? Object.values(ingress).some((value) => value !== undefined);
}

function daprMistakes({ dapr }: CheckedSettings): Mistake[] {
    const repeated = dapr.namespaces.flatMap((namespace, index): Mistake[] =>
        dapr.namespaces.indexOf(namespace) === index
            ? []
            : [{ path: ["dapr", "namespaces", index], message: "listed once; it is there twice" }],
    );
    return dapr.enabled && dapr.namespaces.length === 0
        ? [
              {
                  path: ["dapr", "namespaces"],
                  message: "is empty; with dapr.enabled it names the namespaces of the applications",
                  sentence: true,
              },
          ]
        : repeated;
}
