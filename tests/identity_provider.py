"""An organisation's identity provider, small and local: discovery, consent, token, keys, userinfo.

It speaks OpenID Connect's code flow with PKCE, and refuses what a real one would refuse.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs, urlencode
from wsgiref.simple_server import WSGIRequestHandler, make_server

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "kronoberg", "hemligheten"
Answer = tuple[str, list[tuple[str, str]], bytes]


class Provider:
    """Says of whoever comes that it is `username`; `asked` counts how often."""

    def __init__(self, username: str) -> None:
        self.username, self.asked = username, 0
        self.codes: dict[str, dict[str, str]] = {}
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.server = make_server("127.0.0.1", 0, self, handler_class=Quiet)
        # Another name than the product's 127.0.0.1: another site, to the browser.
        self.address = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        page = environ["PATH_INFO"]
        length = int(environ.get("CONTENT_LENGTH") or 0)
        sent = environ["wsgi.input"].read(length).decode() or environ["QUERY_STRING"]
        given = {name: values[0] for name, values in parse_qs(sent).items()}
        status, headers, body = self.answer(page, given, environ)
        start(status, headers)
        return [body]

    def answer(self, page: str, given: dict[str, str], environ: dict[str, Any]) -> Answer:
        match page:
            case "/.well-known/openid-configuration":
                return _json(self.discovery())
            case "/authorize":
                return self.authorize(given)
            case "/token":
                return self.token(given)
            case "/userinfo":
                return _json({"sub": "idp-1", "preferred_username": self.username})
            case "/jwks":
                key = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
                return _json({"keys": [key | {"kid": "1", "alg": "RS256", "use": "sig"}]})
        return "404 Not Found", [], b""

    def discovery(self) -> dict[str, Any]:
        pages = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "userinfo_endpoint": "userinfo",
            "jwks_uri": "jwks",
        }
        return {
            "issuer": self.address,
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            **{name: f"{self.address}/{page}" for name, page in pages.items()},
        }

    def authorize(self, given: dict[str, str]) -> Answer:
        if given["client_id"] != CLIENT or given["code_challenge_method"] != "S256":
            return "400 Bad Request", [], b""
        self.asked += 1
        code = secrets.token_hex(8)
        self.codes[code] = given
        back = urlencode({"code": code, "state": given["state"]})
        return "302 Found", [("Location", f"{given['redirect_uri']}?{back}")], b""

    def token(self, given: dict[str, str]) -> Answer:
        asked = self.codes.pop(given["code"])
        digest = hashlib.sha256(given["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (challenge, given["client_secret"]) != (asked["code_challenge"], SECRET):
            return "400 Bad Request", [], b""
        now = int(time.time())
        claims = {
            "iss": self.address, "aud": CLIENT, "sub": "idp-1", "iat": now, "exp": now + 300,
            "preferred_username": self.username,
        }  # fmt: skip
        signed = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "1"})
        return _json({"access_token": "a", "token_type": "Bearer", "id_token": signed})


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Nothing on the suite's screen."""


def _json(content: object) -> Answer:
    return "200 OK", [("Content-Type", "application/json")], json.dumps(content).encode()
