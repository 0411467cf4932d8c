import { backends, bucketName } from "../validation/buckets";
import type { Context, Mistake, Rule } from "./rule";
import type { CheckedSettings } from "./schema";
import { defaultRegion } from "./schema/storage";

const keys = (...names: string[]) => names.map((name) => `objectStore.${name}`);

/** Rules that cover several keys of objectStore. */
export const objectStoreRules: Rule[] = [
    { reads: keys("bucketPrefix", "buckets"), mistakes: buckets },
    { reads: keys("kind", "endpoint"), conditions: keys("kind"), mistakes: s3Endpoint },
    {
        reads: keys("kind", "existingSecret", "accessKeyId", "secretAccessKey", "workloadIdentity"),
        conditions: keys("kind"),
        mistakes: s3Credentials,
    },
    { reads: keys("kind", "workloadIdentity"), conditions: keys("kind"), mistakes: annotations },
    { reads: keys("kind"), mistakes: minio },
    { reads: keys("kind", "createSecrets"), conditions: keys("kind"), mistakes: createSecrets },
];

function buckets({ objectStore }: CheckedSettings, { isWrong }: Context): Mistake[] {
    const valid = backends.filter((backend) => !isWrong(["objectStore", "buckets", backend]));
    return valid.flatMap((backend, index): Mistake[] => {
        const name = bucketName(backend, objectStore);
        const first = valid.slice(0, index).find((other) => bucketName(other, objectStore) === name);
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
    const found = [
        store.existingSecret !== undefined && "existingSecret",
        (store.accessKeyId !== undefined || store.secretAccessKey !== undefined) && "accessKeyId with secretAccessKey",
        store.workloadIdentity === true && "workloadIdentity",
    ].filter((kind) => kind !== false);
    if (found.length === 0) {
        const message =
            'has no credentials; kind "s3" needs exactly one of existingSecret (a Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), accessKeyId with secretAccessKey, and workloadIdentity: true';
        return [{ path: ["objectStore"], message, sentence: true }];
    }
    if (found.length > 1) {
        const message = `has several kinds of credentials: ${found.join(" and ")}; keep exactly one of ${found.join(" or ")}`;
        return [{ path: ["objectStore"], message, sentence: true }];
    }
    const pairs = [
        ["accessKeyId", "secretAccessKey"],
        ["secretAccessKey", "accessKeyId"],
    ] as const;
    return pairs
        .filter(([key, other]) => store[key] === undefined && store[other] !== undefined)
        .map(([key, other]) => ({
            path: ["objectStore", key],
            message: `is missing; objectStore.${other} is set, and both are needed`,
            sentence: true,
        }));
}

function annotations({ objectStore: store }: CheckedSettings): Mistake[] {
    return store.kind === "s3" && store.serviceAccountAnnotations !== undefined && !store.workloadIdentity
        ? [
              {
                  path: ["objectStore", "serviceAccountAnnotations"],
                  message: "has no effect without objectStore.workloadIdentity: true",
                  sentence: true,
              },
          ]
        : [];
}

function createSecrets({ objectStore: { kind, createSecrets: create } }: CheckedSettings): Mistake[] {
    return kind === "s3" && !create
        ? [
              {
                  path: ["objectStore", "createSecrets"],
                  message: 'has no effect with objectStore.kind "s3"; remove it',
                  sentence: true,
              },
          ]
        : [];
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
    const given: string[] = s3Only.filter((key) => store[key] !== undefined);
    const found = store.region === defaultRegion ? given : [...given, "region"];
    return store.kind !== "minio"
        ? []
        : found.map((key) => ({
              path: ["objectStore", key],
              message: 'has no effect with objectStore.kind "minio"; remove it or set the kind to "s3"',
              sentence: true,
          }));
}
