/** A change of the names of objects in a chart. */
interface Rename {
    /** Types of the objects in Pulumi. */
    types: string[];
    /** The former name of an object, for its name and the namespace of the stack. Undefined if its name has not changed. */
    former: (name: string, namespace: string) => string | undefined;
}

/**
 * Names of objects that earlier versions of this package deployed under other names. Add an entry whenever the name of an object of a chart
 * changes. Other resources have their former name in the resource option `aliases`, where they are created.
 */
const renames: Rename[] = [
    {
        // Without the namespace, a second stack in the same cluster failed.
        types: [
            "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
            "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
        ],
        former: (name, namespace) =>
            name.endsWith(`-${namespace}`) ? name.slice(0, -namespace.length - 1) : undefined,
    },
];

/**
 * The former names of an object of a chart, so that Pulumi recognizes the object in the state of an earlier version.
 *
 * @param name name of the resource in Pulumi: PREFIX:NAMESPACE/NAME, or PREFIX:NAME for an object of the cluster.
 */
export function objectAliases(type: string, name: string, namespace: string): { name: string }[] {
    const [, prefix = "", object = name] = /^(.*[:/])(.+)$/.exec(name) ?? [];
    return renames
        .filter(({ types }) => types.includes(type))
        .flatMap(({ former }) => former(object, namespace) ?? [])
        .map((former) => ({ name: `${prefix}${former}` }));
}
