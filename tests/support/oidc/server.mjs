// An identity provider on this machine, for tests: who types a name into its form is that person, whatever the password.
// It takes: the folder that it is installed in, where it leads browsers back to, where after signing out, the algorithm of its ID
// tokens. It prints its issuer once it listens, and ends with its input.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const [installed, back, left, algorithm] = process.argv.slice(2);
const { default: Provider } = await import(pathToFileURL(`${installed}/node_modules/oidc-provider/lib/index.js`));

const key = (kid, alg, kind, options) => {
  const { privateKey } = generateKeyPairSync(kind, options);
  return { ...privateKey.export({ format: "jwk" }), kid, alg, use: "sig" };
};

const configuration = {
  clients: [{
    client_id: "mandate",
    // With signs that must be encoded on the way.
    client_secret: "a secret: of + tests & more",
    redirect_uris: [back],
    post_logout_redirect_uris: [left],
    response_types: ["code"],
    grant_types: ["authorization_code"],
    id_token_signed_response_alg: algorithm,
  }],
  jwks: { keys: [key("one", "RS256", "rsa", { modulusLength: 2048 }), key("two", "ES256", "ec", { namedCurve: "P-256" })] },
  claims: { openid: ["sub"], profile: ["preferred_username"] },
  conformIdTokenClaims: false,
  cookies: { keys: ["of tests"] },
  pkce: { required: () => true },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, preferred_username: id }) }),
};

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, configuration);
  provider.on("server_error", (_, error) => console.error(error));
  server.on("request", provider.callback());
  console.log(issuer);
});
process.stdin.on("close", () => process.exit(0)).resume();
