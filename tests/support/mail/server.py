"""A mail server for tests: prints its port, then every letter that it was given, one JSON object a line.

Letters are read with Python's own parser, which shares no code with what wrote them.
"""

import argparse
import asyncio
import base64
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


def part(piece):
    return {
        "type": piece.get_content_type(),
        "name": piece.get_filename(),
        "disposition": piece.get_content_disposition(),
        "base64": base64.b64encode(piece.get_payload(decode=True) or b"").decode(),
    }


class Handler:
    def __init__(self, arguments):
        self.arguments = arguments
        self.letters = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.arguments.say_rcpt:
            return self.arguments.say_rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        told = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None,
            "authenticated": bool(session.authenticated),
            "headers": [[name, str(value)] for name, value in letter.items()],
            "defects": [str(defect) for piece in letter.walk() for defect in piece.defects],
            "parts": [part(piece) for piece in letter.walk() if not piece.is_multipart()],
            "raw": base64.b64encode(envelope.content).decode(),
        }
        print(json.dumps(told), flush=True)
        self.letters += 1
        if self.arguments.cut:
            server.transport.abort()
        if self.arguments.hang:
            await asyncio.sleep(3600)
        if self.letters <= self.arguments.times:
            return self.arguments.say_data
        return "250 OK"


def login(expected):
    def authenticate(server, session, envelope, mechanism, data):
        given = f"{data.login.decode()}:{data.password.decode()}"
        return AuthResult(success=given == expected, handled=False)

    return authenticate


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tls", choices=["none", "starttls", "implicit"], default="none")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--login")
    parser.add_argument("--say-rcpt")
    parser.add_argument("--say-data", default="451 later")
    parser.add_argument("--times", type=int, default=0)
    parser.add_argument("--cut", action="store_true")
    parser.add_argument("--hang", action="store_true")
    arguments = parser.parse_args()
    context = None
    if arguments.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(arguments.certificate, arguments.key)
    starttls = context if arguments.tls == "starttls" else None
    options = {"tls_context": starttls, "require_starttls": starttls is not None}
    if arguments.login:
        options |= {"auth_required": True, "authenticator": login(arguments.login)}
        options["auth_require_tls"] = arguments.tls == "starttls"
    handler = Handler(arguments)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(handler, hostname="mail.test", **options),
        "127.0.0.1",
        0,
        ssl=context if arguments.tls == "implicit" else None,
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    # Ends with whoever started it.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
