import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import * as pulumi from "@pulumi/pulumi";
import { stackIdentity } from "../../stack/owner";

describe("the identity of a stack", () => {
    const before = process.cwd();
    let folder: string;
    beforeEach(async () => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "owner-"));
        process.chdir(folder);
        await pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, "shop", "dev");
    });
    afterEach(() => {
        process.chdir(before);
        fs.rmSync(folder, { recursive: true });
    });

    const identityWith = (salt: string) => {
        fs.writeFileSync("Pulumi.dev.yaml", `${salt}\nconfig:\n  shop:profile: dev\n`);
        return stackIdentity();
    };

    test("contains the project and the stack", () => {
        expect(stackIdentity()).toBe("shop/dev");
        expect(identityWith("")).toBe("shop/dev");
    });

    test("contains a digest of the salt, which differs between backends", () => {
        const one = identityWith("encryptionsalt: v1:one");
        expect(one).toMatch(/^shop\/dev#[0-9a-f]{8}$/);
        expect(identityWith("encryptionsalt: v1:other")).not.toBe(one);
        expect(identityWith("encryptionsalt: v1:one")).toBe(one);
    });
});
