#!/usr/bin/env python3
"""A Git LFS server that fails on demand, for tests. Python's standard library only.

    lfs_server.py --root DIR [--port-file FILE] [--log FILE] [--script FILE] [--auth USER:PASSWORD] [--option NAME=VALUE ...]

The API is at http://127.0.0.1:PORT/NAME.git/info/lfs for any NAME; objects lie in DIR/NAME.git/<oid>. The port is free's choice and is written
to --port-file when the server is ready. Each request is one JSON object a line in --log, written when it is over.

--script names a JSON list of faults. A request takes the first fault that matches it and is not used up:

    [{"leg": "upload", "times": 2, "skip": 1, "oid": "<prefix>", "status": 503, "headers": {"Retry-After": "1"}, "body": "..."}]

leg       batch, upload, download, verify, locks; left out: any
oid       prefix of the object's id (not for batch)
skip      let this many matching requests pass first
times     how often it happens (default 1; -1: always)
and one of
  status        answered at once, the body of the request read first unless "unread" is true
  reset_after   the connection is reset after this many bytes of body were read (upload) or sent (download)
  stall_after   nothing moves any more after this many bytes; the connection stays open until the client leaves
  hang          the request is read, and never answered
  corrupt       (download) this byte of the body is flipped
  truncate      (download) the connection ends after this many bytes, in order
  slow          bytes per second at most
  object_error  (batch) {"code": 404, "message": "..."} for every object, or those of "oid"
  expires_in    (batch) what the actions say
  redirect      status, to "location" with %s standing for the path
Options: authenticated=1 (the batch says so), signed=1 (objects' addresses carry ?signature=; an Authorization header there is answered 400), range=0 (no
206), verify=1, chunked=1 (asks for Transfer-Encoding: chunked), max_batch=N (413 beyond it), links=1 (the old name _links), expires_at=TEXT.
"""
import argparse
import base64
import hashlib
import http.server
import json
import os
import re
import socket
import struct
import threading
import time
import urllib.parse


class Script:
    def __init__(self, path):
        self.lock = threading.Lock()
        self.faults = json.load(open(path)) if path else []

    def take(self, leg, oid):
        with self.lock:
            for fault in self.faults:
                if fault.get("leg") not in (None, leg):
                    continue
                if leg != "batch" and not (oid or "").startswith(fault.get("oid", "")):
                    continue
                if fault.get("skip", 0) > 0:
                    fault["skip"] -= 1
                    continue
                times = fault.get("times", 1)
                if times == 0:
                    continue
                if times > 0:
                    fault["times"] = times - 1
                return fault
        return {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except (ConnectionError, socket.timeout):
            self.close_connection = True

    # --- the request's own parts

    def begin(self, leg, oid=None):
        self.leg, self.oid, self.read_bytes, self.sent_bytes, self.status_sent = leg, oid, 0, 0, 0
        self.body_left = int(self.headers.get("Content-Length", 0))
        self.chunked = "chunked" in self.headers.get("Transfer-Encoding", "")
        self.fault = self.server.script.take(leg, oid)

    def end(self):
        line = {"leg": self.leg, "method": self.command, "path": self.path, "oid": self.oid, "status": self.status_sent,
                "read": self.read_bytes, "sent": self.sent_bytes, "authorization": self.headers.get("Authorization"),
                "range": self.headers.get("Range"), "agent": self.headers.get("User-Agent"),
                "type": self.headers.get("Content-Type"), "encoding": self.headers.get("Transfer-Encoding"),
                "request": getattr(self, "request_json", None)}
        self.request_json = None
        with self.server.log_lock:
            if self.server.log:
                self.server.log.write(json.dumps(line) + "\n")
                self.server.log.flush()

    def body_parts(self):
        if self.chunked:
            while True:
                size = int(self.rfile.readline().split(b";")[0], 16)
                data = self.rfile.read(size)
                self.rfile.readline()
                if size == 0:
                    return
                yield data
        while self.body_left > 0:
            data = self.rfile.read1(min(self.body_left, 65536))
            if not data:
                raise ConnectionError
            self.body_left -= len(data)
            yield data

    def read_body(self, keep=None):
        started, limit = time.monotonic(), None
        for key in ("reset_after", "stall_after"):
            limit = self.fault.get(key, limit)
        for data in self.body_parts():
            self.read_bytes += len(data)
            if keep:
                keep(data)
            if self.fault.get("slow"):
                time.sleep(max(0, self.read_bytes / self.fault["slow"] - (time.monotonic() - started)))
            if limit is not None and self.read_bytes >= limit and self.leg != "download":
                self.reset() if "reset_after" in self.fault else self.stall()

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.status_sent = -1
        raise ConnectionResetError

    def stall(self):
        self.status_sent = -2
        self.connection.settimeout(300)
        try:
            while self.connection.recv(1, socket.MSG_PEEK):
                time.sleep(0.05)  # the client has sent more than we want to read: wait until it leaves
                self.connection.send(b"")
                if self.peer_gone():
                    break
        except OSError:
            pass
        raise ConnectionResetError

    def peer_gone(self):
        info = self.connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)
        return info[0] != 1  # TCP_ESTABLISHED

    def answer(self, status, body=b"", headers=None):
        self.status_sent = status
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.sent_bytes += len(body)

    def answer_json(self, status, value, headers=None):
        self.answer(status, json.dumps(value).encode(), {"Content-Type": "application/vnd.git-lfs+json", **(headers or {})})

    # A fault that takes the place of the whole answer. True: done.
    def failed(self):
        fault = self.fault
        if "redirect" in fault:
            self.read_body()
            self.answer(fault["redirect"], b"", {"Location": fault["location"].replace("%s", self.path)})
            return True
        if "status" in fault:
            if not fault.get("unread"):
                self.read_body()
            else:
                self.close_connection = True
            self.answer(fault["status"], fault.get("body", json.dumps({"message": "scripted"})).encode(),
                        {"Content-Type": "application/vnd.git-lfs+json", **fault.get("headers", {})})
            return True
        if fault.get("hang"):
            self.read_body()
            self.stall()
        return False

    def authorized(self):
        wanted = self.server.auth
        if not wanted or self.headers.get("Authorization") == "Basic " + base64.b64encode(wanted.encode()).decode():
            return True
        self.read_body()
        self.answer_json(401, {"message": "who are you?"}, {"LFS-Authenticate": 'Basic realm="test"', "WWW-Authenticate": 'Basic realm="test"'})
        return False

    def option(self, name, otherwise=None):
        return self.server.options.get(name, otherwise)

    def base(self):
        return "http://" + self.headers.get("Host") + "/" + self.name

    # --- legs

    def dispatch(self):
        path = self.path.split("?")[0]
        match = re.fullmatch(r"/(.+?)/info/lfs/(objects/batch|verify|locks.*)", path) or re.fullmatch(r"/(.+?)/(objects)/([0-9a-f]{64})", path)
        if not match:
            self.begin("other")
            self.read_body()
            self.answer_json(404, {"message": "no such place"})
            return self.end()
        self.name = match.group(1)
        what = match.group(2)
        try:
            if what == "objects/batch":
                self.begin("batch")
                self.failed() or (self.authorized() and self.batch())
            elif what == "verify":
                self.begin("verify")
                self.failed() or (self.authorized() and self.verify())
            elif what == "objects":
                self.begin("upload" if self.command == "PUT" else "download", match.group(3))
                self.failed() or (self.object_allowed() and (self.upload() if self.command == "PUT" else self.download()))
            else:
                self.begin("locks")
                self.failed() or (self.authorized() and self.locks(what[len("locks"):]))
        finally:
            self.end()

    do_GET = do_PUT = do_POST = do_HEAD = dispatch

    def path_of(self, oid):
        return os.path.join(self.server.root, self.name, oid)

    def object_allowed(self):
        if self.option("signed"):
            if self.headers.get("Authorization"):
                self.read_body()
                self.answer(400, b"<Error><Code>InvalidArgument</Code></Error>")
                return False
            return True
        if self.option("authenticated"):
            return True
        return self.authorized()

    def read_json(self):
        parts = []
        self.read_body(parts.append)
        self.request_json = json.loads(b"".join(parts))
        return self.request_json

    def batch(self):
        request = self.read_json()
        if len(request["objects"]) > int(self.option("max_batch", 1 << 30)):
            return self.answer_json(413, {"message": "too many objects"})
        self.answer_json(200, {"transfer": "basic", "objects": [self.batch_object(request["operation"], one) for one in request["objects"]]})

    def batch_object(self, operation, one):
        oid, there = one["oid"], os.path.exists(self.path_of(one["oid"]))
        answer = {"oid": oid, "size": one["size"]}
        if "object_error" in self.fault and oid.startswith(self.fault.get("oid", "")):
            return {**answer, "error": self.fault["object_error"]}
        if self.option("authenticated"):
            answer["authenticated"] = True
        action = {"href": self.base() + "/objects/" + oid + ("?signature=s3cretsig" if self.option("signed") else "")}
        if "expires_in" in self.fault:
            action["expires_in"] = self.fault["expires_in"]
        if self.option("expires_at"):
            action["expires_at"] = self.option("expires_at")
        if operation == "download":
            if not there:
                return {**answer, "error": {"code": 404, "message": "Object does not exist"}}
            actions = {"download": action}
        elif there:
            return answer
        else:
            if self.option("chunked"):
                action["header"] = {"Transfer-Encoding": "chunked"}
            actions = {"upload": action}
            if self.option("verify"):
                actions["verify"] = {"href": self.base() + "/info/lfs/verify"}
        return {**answer, "_links" if self.option("links") else "actions": actions}

    # Locks of this run, all owned by "alice", or by "bob" where the path begins with "theirs".
    def locks(self, rest):
        locks = self.server.locks
        request = self.read_json() if self.command == "POST" else {}
        if rest == "" and self.command == "POST":
            for lock in locks:
                if lock["path"] == request["path"]:
                    return self.answer_json(409, {"lock": lock, "message": "already created lock"})
            owner = "bob" if request["path"].startswith("theirs") else "alice"
            self.server.lock_count += 1
            locks.append({"id": str(self.server.lock_count), "path": request["path"], "locked_at": "2026-01-01T00:00:00Z", "owner": {"name": owner}})
            return self.answer_json(201, {"lock": locks[-1]})
        if rest == "/verify":
            return self.answer_json(200, {"ours": [one for one in locks if one["owner"]["name"] == "alice"],
                                          "theirs": [one for one in locks if one["owner"]["name"] != "alice"]})
        if rest.endswith("/unlock"):
            found = [one for one in locks if one["id"] == rest.split("/")[1]]
            if not found:
                return self.answer_json(404, {"message": "no such lock"})
            if found[0]["owner"]["name"] != "alice" and not request.get("force"):
                return self.answer_json(403, {"message": "not yours"})
            locks.remove(found[0])
            return self.answer_json(200, {"lock": found[0]})
        query = urllib.parse.parse_qs(self.path.partition("?")[2])
        found = [one for one in locks if all(one[key] == query[key][0] for key in ("path", "id") if key in query)]
        first = int(query.get("cursor", ["0"])[0])
        page = {"locks": found[first:first + 2]}
        if first + 2 < len(found):
            page["next_cursor"] = str(first + 2)
        self.answer_json(200, page)

    def verify(self):
        wanted = self.read_json()
        path = self.path_of(wanted["oid"])
        if not os.path.exists(path) or os.path.getsize(path) != wanted["size"]:
            return self.answer_json(404, {"message": "No file uploaded for oid: " + wanted["oid"]})
        self.answer(200)

    def upload(self):
        os.makedirs(os.path.dirname(self.path_of(self.oid)), exist_ok=True)
        digest, temporary = hashlib.sha256(), self.path_of(self.oid) + "." + str(threading.get_ident())
        try:
            with open(temporary, "wb") as file:
                self.read_body(lambda data: (digest.update(data), file.write(data)))
        except OSError:
            os.remove(temporary)
            raise
        if digest.hexdigest() != self.oid:
            os.remove(temporary)
            return self.answer_json(422, {"message": "the hash does not match"})
        os.rename(temporary, self.path_of(self.oid))
        self.answer(200)

    def download(self):
        if not os.path.exists(self.path_of(self.oid)):
            return self.answer_json(404, {"message": "no such object"})
        data = bytearray(open(self.path_of(self.oid), "rb").read())
        if "corrupt" in self.fault:
            data[self.fault["corrupt"]] ^= 1
        first, status, headers = 0, 200, {"Content-Type": "application/octet-stream"}
        match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
        if match and self.option("range", "1") == "1":
            first = int(match.group(1))
            if first >= len(data):
                return self.answer(416, b"", {"Content-Range": "bytes */%d" % len(data)})
            status, headers["Content-Range"] = 206, "bytes %d-%d/%d" % (first, len(data) - 1, len(data))
        body = data[first:]
        self.status_sent = status
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.send_body(bytes(body))

    def send_body(self, body):
        started = time.monotonic()
        stop = min([self.fault[key] for key in ("reset_after", "stall_after", "truncate") if key in self.fault] + [len(body)])
        step = max(1, self.fault.get("slow", 655360) // 10)
        while self.sent_bytes < stop:
            data = body[self.sent_bytes:min(stop, self.sent_bytes + step)]
            self.wfile.write(data)
            self.sent_bytes += len(data)
            if self.fault.get("slow"):
                time.sleep(max(0, self.sent_bytes / self.fault["slow"] - (time.monotonic() - started)))
        if stop == len(body):
            return
        self.wfile.flush()
        if "stall_after" in self.fault:
            self.stall_idle()
        if "truncate" in self.fault:
            self.close_connection = True
            return
        time.sleep(0.1)  # what was sent must arrive before the reset does
        self.reset()

    def stall_idle(self):
        self.connection.settimeout(300)
        try:
            self.connection.recv(1)
        except OSError:
            pass
        raise ConnectionResetError


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--port-file")
    parser.add_argument("--log")
    parser.add_argument("--script")
    parser.add_argument("--auth")
    parser.add_argument("--option", action="append", default=[])
    arguments = parser.parse_args()
    server = Server(("127.0.0.1", arguments.port), Handler)
    server.root, server.auth = arguments.root, arguments.auth
    server.locks, server.lock_count = [], 0
    server.script, server.log_lock = Script(arguments.script), threading.Lock()
    server.log = open(arguments.log, "a") if arguments.log else None
    server.options = dict(option.split("=", 1) for option in arguments.option)
    if arguments.port_file:
        with open(arguments.port_file + ".new", "w") as file:
            file.write("%d\n" % server.server_address[1])
        os.rename(arguments.port_file + ".new", arguments.port_file)
    server.serve_forever()


if __name__ == "__main__":
    main()
