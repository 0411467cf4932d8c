/** Names of the rules of the policy pack, in the order of its documentation. */
export const policyRules = [
    "resources",
    "image-tag",
    "image-registry",
    "non-root",
    "plaintext-secret",
    "archived-chart",
    "minimum-retention",
    "disruption-budget",
    "network-policy",
    "contract-services",
    "protected-data",
    "keep-data",
] as const;
export type PolicyRule = (typeof policyRules)[number];

/** The form of an object in an exemption, for error messages. */
export const objectForm = 'an object as KIND/NAME, such as "StatefulSet/minio"';

/** Whether a text is an object in the form KIND/NAME. */
export function isObjectName(text: string): boolean {
    return /^[A-Za-z]+\/[a-z0-9]([-a-z0-9.:]*[a-z0-9])?$/.test(text);
}

/** Whether an image or a registry is in a registry. Both can have a path. */
export function isInRegistry(name: string, registry: string): boolean {
    return name === registry || name.startsWith(`${registry}/`);
}
