import * as pulumi from "@pulumi/pulumi";

/** Settings that use every secret setting, each with a value of its own. */
export const secretValues = {
    adminPassword: "zq-admin-password-1",
    clientSecret: "zq-client-secret-2",
    token: "zq-token-of-a-client-3",
    accessKeyId: "zq-access-key-id-4",
    secretAccessKey: "zq-secret-access-key-5",
};

const login = {
    authUrl: "https://login.example.com/authorize",
    tokenUrl: "https://login.example.com/token",
    apiUrl: "https://login.example.com/userinfo",
    clientId: "grafana",
};

/** A stack with every secret setting, and with a generated credential. */
export const everySecret = {
    grafana: { adminPassword: secretValues.adminPassword, oidc: { ...login, clientSecret: secretValues.clientSecret } },
    ingestion: {
        external: { enabled: true, clients: ["generated"], credentials: { given: secretValues.token } },
    },
    objectStore: {
        kind: "s3",
        endpoint: "https://s3.example.com",
        accessKeyId: secretValues.accessKeyId,
        secretAccessKey: secretValues.secretAccessKey,
    },
    alerting: {
        receivers: [
            { name: "chat", kind: "slack", existingSecret: "slack" },
            {
                name: "mail",
                kind: "email",
                to: "a@example.com",
                from: "b@example.com",
                smarthost: "mail.example.com:587",
            },
        ],
        defaultReceiver: "chat",
        heartbeatReceiver: "chat",
    },
};

/** A stack with every secret in a Secret that exists, instead of a value. */
export const everyExistingSecret = {
    grafana: { existingSecret: "zq-login", oidc: { ...login, existingSecret: "zq-oidc" } },
    ingestion: {
        external: { enabled: true, clients: ["edge"], existingSecret: "zq-clients", tlsSecret: "zq-tls" },
    },
    objectStore: { kind: "s3", endpoint: "https://s3.example.com", existingSecret: "zq-keys" },
    external: { loki: { url: "https://loki.example.com", existingSecret: "zq-loki" } },
    images: { pullSecrets: ["zq-pull"] },
    alerting: { receivers: [{ name: "chat", kind: "slack", existingSecret: "zq-slack" }], defaultReceiver: "chat" },
};

// Pulumi encodes a secret as a map with this key. The key "value" contains the content.
const signature = "4dabf18193072939515e22adb298388d";
const secret = { [signature]: "1b47061264138c4ac30d75fd1eb44270" };

/** What a program hands to the engine. */
export interface Registered {
    /** Inputs of each resource, as the engine receives them. Secrets are marked. */
    inputs: { name: string; type: string; inputs: object }[];
    /** Outputs of each component. */
    outputs: object[];
    /** Values that the provider random generates. */
    generated: string[];
}

/** Runs a program, and records what the engine receives, with the values of secrets. */
export async function recordSecretly(
    config: Record<string, string>,
    secretKeys: string[],
    program: () => unknown,
): Promise<Registered> {
    const found: Registered = { inputs: [], outputs: [], generated: [] };
    await pulumi.runtime.setMocks(
        {
            newResource: ({ type, name, inputs, id }) => {
                found.inputs.push({ name, type, inputs: inputs as object });
                const value = `zq-generated-${found.generated.length}`;
                if (!type.startsWith("random:")) {
                    return { id: id ?? name, state: inputs as Record<string, unknown> };
                }
                found.generated.push(value);
                return { id: name, state: { ...inputs, result: { ...secret, value } } };
            },
            call: () => ({}),
        },
        "observability",
        "test",
        undefined,
        "organization",
    );
    pulumi.runtime.setAllConfig(config, secretKeys);
    const register = jest
        .spyOn(
            pulumi.ComponentResource.prototype as unknown as { registerOutputs(outputs?: object): void },
            "registerOutputs",
        )
        .mockImplementation((outputs = {}) => void found.outputs.push(outputs));
    try {
        let failure: unknown;
        await pulumi.runtime.runInPulumiStack(async () => {
            try {
                found.outputs.push((await program()) as object);
            } catch (error) {
                // In this function, it would also cause an unhandled rejection.
                failure = error;
            }
            return {};
        });
        await pulumi.runtime.disconnect();
        if (failure !== undefined) {
            throw failure as Error;
        }
        return found;
    } finally {
        register.mockRestore();
    }
}

/** The paths of values in clear text: strings with one of the values that are not inside of a secret. */
export function clearText(tree: unknown, values: string[], path = ""): string[] {
    if (typeof tree === "string") {
        return values.some((value) => tree.includes(value)) ? [path] : [];
    }
    if (typeof tree !== "object" || tree === null || signature in tree) {
        return [];
    }
    return Object.entries(tree).flatMap(([key, value]) => [
        ...clearText(key, values, `${path}.${key} (key)`),
        ...clearText(value, values, `${path}.${key}`),
    ]);
}

/** Whether a tree contains a value inside of a secret. */
export function isInSecret(tree: unknown, value: string, inside = false): boolean {
    if (typeof tree === "string") {
        return inside && tree.includes(value);
    }
    if (typeof tree !== "object" || tree === null) {
        return false;
    }
    return Object.values(tree).some((node) => isInSecret(node, value, inside || signature in tree));
}
