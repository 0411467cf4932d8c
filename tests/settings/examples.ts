/** Distributed Loki. */
export const distributed = { profile: "prod", mode: { loki: "distributed" } };

/** An object store of the kind S3. */
export const s3 = { kind: "s3", endpoint: "https://s3.example.com", existingSecret: "keys" };

/** A login with OIDC. */
export const oidc = {
    authUrl: "https://login.example.com/authorize",
    tokenUrl: "https://login.example.com/token",
    apiUrl: "https://login.example.com/userinfo",
    clientId: "grafana",
    existingSecret: "oidc",
};
