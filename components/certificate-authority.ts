const directory = "/etc/observability-ca";

/**
 * The volume with a certificate authority, in the format of Kubernetes. Programs in Go read all folders in the variable, and the bundle of the image.
 *
 * @param secret name of a Secret with the key ca.crt. undefined: nothing.
 */
export function certificateAuthority(secret: string | undefined): {
    variables: object[];
    mounts: object[];
    volumes: object[];
} {
    return secret === undefined
        ? { variables: [], mounts: [], volumes: [] }
        : {
              variables: [{ name: "SSL_CERT_DIR", value: `/etc/ssl/certs:${directory}` }],
              mounts: [{ name: "ca", mountPath: directory, readOnly: true }],
              volumes: [{ name: "ca", secret: { secretName: secret } }],
          };
}
