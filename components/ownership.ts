/**
 * Name of the ConfigMap in each namespace with a stack. Its key `stack` identifies the Pulumi stack, so that another stack, which would overwrite
 * the objects, is refused.
 */
export const ownerConfigMapName = "observability-stack";

/** Annotation of the namespace with the identity of the Pulumi stack that created it. */
export const ownerAnnotation = "observability.mathtrail/stack";

/** Label of the Jobs and pods that the commands of this package create, with the purpose as its value. */
export const purposeLabel = "observability.mathtrail/purpose";

/** Purpose of the Jobs that copy the objects of the backends from one S3 service to another. */
export const copyPurpose = "copy";

/** Purpose of the second MinIO, which stores the data during a migration. */
export const stagingPurpose = "staging";
