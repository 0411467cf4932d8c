/** The properties of a zod schema that the tests read. */
export interface SchemaNode {
    def?: { innerType?: SchemaNode; shape?: Record<string, SchemaNode> };
}

/** A schema without its wrappers, such as that of a default. */
export function innerSchema(schema: unknown): SchemaNode {
    let node = schema as SchemaNode;
    while (node.def?.innerType) {
        node = node.def.innerType;
    }
    return node;
}
