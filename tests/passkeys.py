"""A passkey made in memory: what a browser's authenticator would answer, for tests that speak HTTP alone."""

import hashlib
import json
import secrets
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

ORIGIN = "http://localhost:8000"
FLAG = AuthenticatorData.FLAG


class Passkey:
    """One passkey. `verifies` is whether it asks for a finger, a face or a PIN."""

    def __init__(self, *, origin: str = ORIGIN, verifies: bool = True) -> None:
        self.origin, self.verifies = origin, verifies
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = secrets.token_bytes(24)
        self.user_handle = b""

    def create(self, options: Mapping) -> str:
        """Answer what a page asks in order to make this passkey, as the text that its form carries."""
        asked = options["publicKey"]
        self.user_handle = websafe_decode(asked["user"]["id"])
        credential = AttestedCredentialData.create(
            Aaguid(bytes(16)), self.credential_id, ES256.from_cryptography_key(self.key.public_key())
        )
        seen = AuthenticatorData.create(
            hashlib.sha256(asked["rp"]["id"].encode()).digest(), self._flags() | FLAG.AT, 0, bytes(credential)
        )
        response = {
            "clientDataJSON": self._said("webauthn.create", asked["challenge"]),
            "attestationObject": websafe_encode(AttestationObject.create("none", seen, {})),
            "transports": ["internal"],
        }
        return self._answer(response, {"credProps": {"rk": True}})

    def get(self, options: Mapping, *, rp: str = "localhost") -> str:
        """Answer what a page asks in order to use this passkey."""
        said = self._said("webauthn.get", options["publicKey"]["challenge"])
        seen = AuthenticatorData.create(hashlib.sha256(rp.encode()).digest(), self._flags(), 0)
        signed = self.key.sign(seen + hashlib.sha256(websafe_decode(said)).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": said,
            "authenticatorData": websafe_encode(seen),
            "signature": websafe_encode(signed),
            "userHandle": websafe_encode(self.user_handle),
        }
        return self._answer(response, {})

    def _flags(self) -> int:
        return FLAG.UP | FLAG.UV if self.verifies else FLAG.UP

    def _said(self, kind: str, challenge: str) -> str:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return websafe_encode(json.dumps(said).encode())

    def _answer(self, response: dict, extensions: dict) -> str:
        name = websafe_encode(self.credential_id)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "authenticatorAttachment": "platform",
                "clientExtensionResults": extensions,
                "response": response,
            }
        )
