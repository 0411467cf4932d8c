import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type Backend, backends, bucketName } from "../../validation/buckets";
import { oneOfText } from "../../validation/nearest";
import { isMinioReplicas, minioReplicasForm } from "../../validation/replication";
import { parseS3Endpoint, endpointForm } from "../../validation/urls";
import { checkDeployment, checkSize, rejectArgument } from "../checks";
import { contract, serviceHost } from "../contract";
import { deployChart, protectsData, stateInputs } from "../helm/chart";
import { pins } from "../helm/pins";
import type { BucketConnection, Buckets } from "./connection";
import { keysSecretName, minioClaims, minioValues, rootSecretName, userSecretName } from "./values";
import { ObjectStoreKind, type ObjectStoreArgs } from "./args";

// For the commands in cli/.
export { keysSecretName, rootSecretName, userSecretName } from "./values";

interface Store {
    buckets: Buckets;
    secretNames: { [purpose: string]: string };
}

/**
 * Provides the buckets of the backends. With kind "minio" it deploys MinIO, and creates the buckets and one user for each
 * backend. A user can access only the bucket of its backend. With kind "s3" the buckets must exist.
 */
export class ObjectStore extends pulumi.ComponentResource {
    /** Connections of the backends to their buckets. */
    readonly buckets: Buckets;
    /** Names of the Secrets with credentials, by purpose. */
    readonly secretNames: { [purpose: string]: string };

    /** @throws ResourceError if an argument is invalid. The message names the argument. */
    constructor(name: string, args: ObjectStoreArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:ObjectStore", name, stateInputs(withSecrets(args)), opts);
        checkDeployment(this, args, ["accessKeyId", "secretAccessKey"]);
        if (!Object.values<string>(ObjectStoreKind).includes(args.kind ?? ObjectStoreKind.Minio)) {
            rejectArgument(this, "kind", args.kind, oneOfText(args.kind, Object.values(ObjectStoreKind)));
        }
        const { buckets, secretNames } = args.kind === "s3" ? this.useS3(name, args) : this.deployMinio(name, args);
        this.buckets = buckets;
        this.secretNames = secretNames;
        this.registerOutputs({ buckets, secretNames });
    }

    private deployMinio(name: string, args: ObjectStoreArgs): Store {
        if (!isMinioReplicas(args.replicas ?? 1)) {
            rejectArgument(this, "replicas", args.replicas, minioReplicasForm);
        }
        checkSize(this, "size", args.size);
        const secrets = args.createSecrets === false ? [] : this.minioSecrets(name, args);
        const users = backends.map((backend) => ({
            name: backend,
            secret: userSecretName(backend),
            buckets: [bucketName(backend, args)],
        }));
        const values = minioValues({ ...args, users });
        deployChart(
            `${name}-minio`,
            {
                pin: pins.minio,
                release: contract.minio.release,
                values,
                overrides: args,
                claims: minioClaims(values),
            },
            args,
            { parent: this, dependsOn: secrets },
        );
        const { service, ports } = contract.minio;
        const endpoint = `${serviceHost(service, args.namespace, args.clusterDomain)}:${ports.s3}`;
        return {
            buckets: bucketsOf((backend) => ({
                endpoint,
                insecure: true,
                region: "us-east-1",
                pathStyle: true,
                bucket: bucketName(backend, args),
                secretName: userSecretName(backend),
            })),
            secretNames: {
                minioRoot: rootSecretName,
                ...Object.fromEntries(backends.map((backend) => [backend, userSecretName(backend)])),
            },
        };
    }

    /** The Secrets with the login of the root user and of each backend. */
    private minioSecrets(name: string, args: ObjectStoreArgs): k8s.core.v1.Secret[] {
        const root = this.secret(name, "root", rootSecretName, args.namespace, {
            rootUser: "minio-root",
            rootPassword: this.password(`${name}-root-password`, args),
        });
        const users = backends.map((backend) =>
            this.secret(name, backend, userSecretName(backend), args.namespace, {
                AWS_ACCESS_KEY_ID: backend,
                AWS_SECRET_ACCESS_KEY: this.password(`${name}-${backend}-password`, args),
            }),
        );
        return [root, ...users];
    }

    private useS3(name: string, args: ObjectStoreArgs): Store {
        const endpoint = parseS3Endpoint(args.endpoint ?? "");
        if (!endpoint) {
            rejectArgument(this, "endpoint", args.endpoint, endpointForm);
        }
        this.checkKeys(args);
        const ownSecret = args.accessKeyId !== undefined ? keysSecretName : undefined;
        if (ownSecret !== undefined) {
            this.secret(name, "keys", ownSecret, args.namespace, {
                AWS_ACCESS_KEY_ID: args.accessKeyId ?? "",
                AWS_SECRET_ACCESS_KEY: args.secretAccessKey ?? "",
            });
        }
        const secretName = ownSecret ?? args.existingSecret;
        return {
            buckets: bucketsOf((backend) => ({
                endpoint: endpoint.hostAndPort,
                insecure: endpoint.insecure,
                region: args.region ?? "us-east-1",
                pathStyle: args.pathStyle ?? !endpoint.hostAndPort.endsWith(".amazonaws.com"),
                bucket: bucketName(backend, args),
                secretName,
                serviceAccountAnnotations: args.serviceAccountAnnotations,
            })),
            secretNames: secretName === undefined ? {} : { objectStore: secretName },
        };
    }

    private checkKeys({ accessKeyId, secretAccessKey, existingSecret }: ObjectStoreArgs): void {
        if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
            const missing = accessKeyId === undefined ? "accessKeyId" : "secretAccessKey";
            rejectArgument(
                this,
                missing,
                undefined,
                "set, because accessKeyId and secretAccessKey are needed together",
            );
        }
        if (accessKeyId !== undefined && existingSecret !== undefined) {
            throw new pulumi.ResourceError(
                "existingSecret and accessKeyId with secretAccessKey are both set; remove one",
                this,
                true,
            );
        }
    }

    private password(name: string, args: ObjectStoreArgs): pulumi.Output<string> {
        // Only letters and digits, because not every program escapes other characters.
        const opts = { parent: this, protect: protectsData(args) };
        return new random.RandomPassword(name, { length: 40, special: false }, opts).result;
    }

    private secret(
        name: string,
        role: string,
        secretName: string,
        namespace: string,
        stringData: { [key: string]: pulumi.Input<string> },
    ): k8s.core.v1.Secret {
        return new k8s.core.v1.Secret(
            `${name}-${role}`,
            { metadata: { name: secretName, namespace }, stringData },
            { parent: this },
        );
    }
}

function bucketsOf(connection: (backend: Backend) => BucketConnection): Buckets {
    return {
        loki: connection("loki"),
        tempo: connection("tempo"),
        mimir: connection("mimir"),
        pyroscope: connection("pyroscope"),
    };
}

// Pulumi stores the arguments of a component in the state.
function withSecrets(args: ObjectStoreArgs): ObjectStoreArgs {
    const { accessKeyId, secretAccessKey } = args;
    return {
        ...args,
        accessKeyId: accessKeyId === undefined ? undefined : pulumi.secret(accessKeyId),
        secretAccessKey: secretAccessKey === undefined ? undefined : pulumi.secret(secretAccessKey),
    };
}
