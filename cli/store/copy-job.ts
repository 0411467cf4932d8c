import type { V1EnvVar, V1Job, V1PodSpec } from "@kubernetes/client-node";
import { copyPurpose, purposeLabel } from "../../components/ownership";
import type { Settings } from "../../settings/resolve";
import { backends } from "../../validation/buckets";
import type { SecretKeys, StoreAccess } from "./access";
import { copyScript, type CopyMode, credentialVariable, type Side } from "./copy-script";
import { minioImage } from "./image";

/** A Job that copies the objects of all backends from one S3 service to another. It reads the credentials from Secrets. */
export function copyJob(settings: Settings, name: string, mode: CopyMode, from: StoreAccess, to: StoreAccess): V1Job {
    const labels = { [purposeLabel]: copyPurpose, "app.kubernetes.io/name": name };
    return {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name, namespace: settings.namespace, labels },
        spec: {
            // A second pod continues where the first one ended, because objects that are already copied are skipped.
            backoffLimit: mode === "check" ? 0 : 1,
            ttlSecondsAfterFinished: 24 * 3600,
            template: {
                metadata: { labels },
                spec: {
                    ...minioPod(settings),
                    restartPolicy: "Never",
                    containers: [
                        {
                            ...minioContainer(settings),
                            name: "copy",
                            command: ["/bin/sh", "-c"],
                            args: [copyScript(mode, from, to)],
                            env: [
                                { name: "HOME", value: "/tmp" },
                                { name: "MC_CONFIG_DIR", value: "/tmp/mc" },
                                ...credentials("FROM", from),
                                ...credentials("TO", to),
                            ],
                            resources: {
                                requests: { cpu: "100m", memory: "128Mi" },
                                limits: { memory: "1Gi" },
                            },
                        },
                    ],
                },
            },
        },
    };
}

/** The parts of a pod with the image of MinIO that do not depend on its purpose. */
export function minioPod({ images, nodeSelector, tolerations }: Settings): Omit<V1PodSpec, "containers"> {
    return {
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        imagePullSecrets: images.pullSecrets.map((secret) => ({ name: secret })),
        nodeSelector,
        tolerations,
        securityContext: {
            runAsNonRoot: true,
            runAsUser: 1000,
            runAsGroup: 1000,
            fsGroup: 1000,
            seccompProfile: { type: "RuntimeDefault" },
        },
        volumes: [{ name: "tmp", emptyDir: {} }],
    };
}

/** The parts of a container with the image of MinIO that do not depend on its purpose. */
export function minioContainer(settings: Settings) {
    const { image, pullPolicy } = minioImage(settings);
    return {
        image,
        imagePullPolicy: pullPolicy,
        securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
    };
}

function credentials(side: Side, access: StoreAccess): V1EnvVar[] {
    const variable = (name: string, secret: string, key: string) => ({
        name,
        valueFrom: { secretKeyRef: { name: secret, key } },
    });
    return backends.flatMap((backend) => {
        const { secret, id, key }: SecretKeys = access.credentials[backend];
        return [
            variable(credentialVariable(side, backend, "ID"), secret, id),
            variable(credentialVariable(side, backend, "KEY"), secret, key),
        ];
    });
}
