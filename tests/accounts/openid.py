"""A real OpenID provider on this machine: it plays Google and every tenant of Microsoft, honestly unless told not."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID = "the-portal"
CLIENT_SECRET = "a secret between the portal and the provider"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
# Of somebody else: it makes signatures that look right and are not.
STRANGERS_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEY_ID = "key-1"


@dataclass
class Provider:
    """The state of the provider: who is at its screen, what it gave out, and how it is told to lie."""

    address: str = ""
    # What the token says about whoever is at the screen.
    person: dict[str, Any] = field(default_factory=dict)
    # Claims that the token gets instead of the honest ones; None leaves one out.
    lies: dict[str, Any] = field(default_factory=dict)
    # What its description of itself says instead.
    misdescribes: dict[str, Any] = field(default_factory=dict)
    signs_with: Any = KEY
    algorithm: str = "RS256"
    keeps_codes_alive: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    # Every request that reached it: (method, path).
    asked: list[tuple[str, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def google(self) -> str:
        return f"{self.address}/google"

    @property
    def microsoft(self) -> str:
        return f"{self.address}/{{tenant}}/v2.0"

    def description(self, issuer: str) -> dict[str, Any]:
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
            "userinfo_endpoint": f"{issuer}/userinfo",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
        } | self.misdescribes

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        return {"keys": [public | {"kid": KEY_ID, "alg": "RS256", "use": "sig"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Give out a code, and return where the browser goes with it."""
        assert asked["client_id"] == CLIENT_ID
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["nonce"]) >= 32
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, issuer: str, given: dict[str, str]) -> dict[str, Any] | None:
        """Change a code for a token, once; returns None where anything about the request is wrong."""
        asked = self.codes.get(given["code"])
        if asked is None:
            self.refused.append("code")
            return None
        if not self.keeps_codes_alive:
            del self.codes[given["code"]]
        proof = base64.urlsafe_b64encode(hashlib.sha256(given.get("code_verifier", "").encode()).digest())
        right = {
            "proof": proof.rstrip(b"=").decode() == asked["code_challenge"],
            "secret": given.get("client_secret") == CLIENT_SECRET and given.get("client_id") == CLIENT_ID,
            "redirect_uri": given["redirect_uri"] == asked["redirect_uri"],
        }
        if wrong := [name for name, is_right in right.items() if not is_right]:
            self.refused += wrong
            return None
        return {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "id_token": self.sign(issuer, asked),
        }

    def sign(self, issuer: str, asked: dict[str, str]) -> str:
        now = int(time.time())
        honest = {"iss": issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims = {name: value for name, value in (honest | self.person | self.lies).items() if value is not None}
        return jwt.encode(claims, self.signs_with, algorithm=self.algorithm, headers={"kid": KEY_ID})


class Handler(BaseHTTPRequestHandler):
    """Speaks for the provider over HTTP."""

    provider: Provider

    def log_message(self, *args: Any) -> None:
        """Keep the output of the tests clean."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        issuer, _, page = f"{self.provider.address}{parts.path}".partition("/.well-known/")
        if not page:
            issuer, _, page = issuer.rpartition("/")
        self.provider.asked.append(("GET", parts.path))
        if page == "openid-configuration":
            self.answer(self.provider.description(issuer))
        elif page == "keys":
            self.answer(self.provider.keys())
        elif page == "userinfo":
            self.answer(self.provider.person)
        elif page == "authorize":
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.send_response(302)
            self.send_header("Location", self.provider.authorize(asked))
            self.end_headers()
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        issuer = f"{self.provider.address}{self.path}".rpartition("/")[0]
        self.provider.asked.append(("POST", self.path))
        token = self.provider.token(issuer, {name: values[0] for name, values in parse_qs(body).items()})
        if token is None:
            self.answer({"error": "invalid_grant"}, status=400)
        else:
            self.answer(token)

    def answer(self, said: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def openid_provider() -> Iterator[Provider]:
    """Run a provider for as long as the test lasts."""
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Ours", (Handler,), {"provider": provider}))
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
