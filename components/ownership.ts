/**
 * Name of the ConfigMap in each namespace with a stack. Its key `stack` identifies the Pulumi stack, so that another stack, which would overwrite
 * the objects, is refused.
 */
export const ownerConfigMapName = "observability-stack";

/** Annotation of the namespace with the identity of the Pulumi stack that created it. */
export const ownerAnnotation = "observability.mathtrail/stack";
