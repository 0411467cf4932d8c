import * as fs from "fs";
import * as path from "path";
import * as pulumi from "@pulumi/pulumi";
import { packageRoot } from "../components/helm/package-root";
import * as components from "../exports";
import { plainInputs } from "./inputs";
import type { PackageSchema } from "./schema";

type ComponentClass = new (
    name: string,
    args: pulumi.Inputs,
    opts: pulumi.ComponentResourceOptions,
) => pulumi.ComponentResource;

/** File with the Pulumi schema of the components. `npm run build` writes it. */
export const schemaFile = path.join(packageRoot, "dist", "schema.json");

/** Creates the components for programs in other languages. Its schema was inferred when the package was built. */
export class ComponentProvider implements pulumi.provider.Provider {
    readonly version: string;
    readonly schema: string;
    private readonly resources: PackageSchema["resources"];

    constructor() {
        this.schema = fs.readFileSync(schemaFile, "utf8");
        const { version, resources } = JSON.parse(this.schema) as PackageSchema;
        this.version = version;
        this.resources = resources;
    }

    /**
     * Creates a component.
     *
     * @throws Error if the type is not a component of this package. The message lists the components.
     */
    async construct(
        name: string,
        type: string,
        inputs: pulumi.Inputs,
        options: pulumi.ComponentResourceOptions,
    ): Promise<pulumi.provider.ConstructResult> {
        const resource = this.resources[type];
        if (resource === undefined) {
            const known = Object.keys(this.resources).join(", ");
            throw new Error(`${type} is not a component of this package; its components are ${known}`);
        }
        const className = type.split(":").at(-1) as keyof typeof components;
        const component = new (components[className] as unknown as ComponentClass)(
            name,
            await plainInputs(inputs),
            options,
        );
        const state = Object.keys(resource.properties).map((output) => [
            output,
            (component as unknown as pulumi.Inputs)[output],
        ]);
        return { urn: component.urn, state: Object.fromEntries(state) as pulumi.Inputs };
    }
}
