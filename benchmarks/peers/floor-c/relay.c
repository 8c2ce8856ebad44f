// The floor: what the kernel alone charges for passing a delta on. One thread, epoll; Server-Sent Events in, WebSocket frames out.
// Sessions, token, back-pressure, many sessions per socket; no history, no JSON decoding, no errors told. A yardstick, not a product.
// PORT, TOKEN and UPSTREAM (http://127.0.0.1:PORT) come from the environment. The escaped text goes through as it came.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ID = 36, READ = 65536, HIGH = 65536 };  // length of a session id, one read, when a client counts as slow
typedef struct { char *at; size_t len, room; } Bytes;
typedef struct Peer Peer;
struct Peer {
  int fd, upgraded, authorised, paused, dead, chunk, stage;  // stage: of the HTTP body, see upstream()
  Bytes in, out;       // in: what is not yet understood; out: what the socket did not take
  Peer *client, *next; // upstream only: whom it serves; the next one of that client, of the spare ones, or of the dead
  Peer *streams;       // client only: its running streams
  char id[ID + 1];
};
static int epoll, upstream_port;
static const char *token;
static Peer *spare, *grave;
static char window[READ];

static void append(Bytes *b, const char *from, size_t n) {
  if (b->len + n > b->room) b->at = realloc(b->at, b->room = 2 * (b->len + n));
  memcpy(b->at + b->len, from, n);
  b->len += n;
}
static void consume(Bytes *b, size_t n) {
  memmove(b->at, b->at + n, b->len -= n);
  if (!b->len) { free(b->at); *b = (Bytes){0}; }  // an idle peer holds no buffer
}
static Peer *watch(int fd) {
  Peer *p = calloc(1, sizeof *p);
  p->fd = fd;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = p};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e);
  return p;
}
static void drop(Peer *p) {
  if (p->dead) return;
  p->dead = 1;
  close(p->fd);
  for (Peer *s = p->streams, *next; s; s = next) { next = s->next; drop(s); }
  p->next = grave;  // freed after this round: an event of it may still be in the list
  grave = p;
}
static void unlink_stream(Peer *s) {
  for (Peer **at = &s->client->streams; *at; at = &(*at)->next)
    if (*at == s) { *at = s->next; return; }
}
static void flush(Peer *p) {
  size_t sent = 0;
  while (sent < p->out.len) {
    ssize_t n = send(p->fd, p->out.at + sent, p->out.len - sent, MSG_NOSIGNAL);
    if (n < 0) { if (errno != EAGAIN) p->out.len = sent; break; }
    sent += n;
  }
  if (sent == p->out.len && p->out.room <= READ) p->out.len = 0;
  else consume(&p->out, sent);
}
static void header(Bytes *out, size_t n) {
  unsigned char h[4] = {0x81, n < 126 ? n : 126, n >> 8, n};
  append(out, (char *)h, n < 126 ? 2 : 4);
}
static void say(Peer *client, const char *format, const char *id) {
  char text[256];
  int n = snprintf(text, sizeof text, format, id);
  header(&client->out, n);
  append(&client->out, text, n);
  flush(client);
}

static Peer *dial(void) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in to = {AF_INET, htons(upstream_port), {htonl(INADDR_LOOPBACK)}, {0}};
  connect(fd, (void *)&to, sizeof to);
  return watch(fd);
}
static void prompt(Peer *client, const char *id, const char *text, int n) {
  Peer *s = spare;
  if (s) spare = s->next; else s = dial();
  s->client = client;
  s->next = client->streams;
  client->streams = s;
  s->stage = s->chunk = 0;
  memcpy(s->id, id, ID);
  char *body, *head;
  int b = asprintf(&body, "{\"model\":\"claude-sonnet-4-6\",\"max_tokens\":4096,\"stream\":true,\"messages\":"
                          "[{\"role\":\"user\",\"content\":\"%.*s\"}]}", n, text);
  int h = asprintf(&head, "POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nx-api-key: k\r\nanthropic-version: 2023-06-01\r\n"
                          "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n", b);
  append(&s->out, head, h);
  append(&s->out, body, b);
  free(head);
  free(body);
  flush(s);  // a socket that still connects takes it at its first EPOLLOUT
}
// The inside of a string member, or null. Escapes stay.
static char *member(char *json, const char *name, int *n) {
  char *from = strstr(json, name), *to;
  if (!from) return 0;
  for (to = from += strlen(name); *to && *to != '"'; to++) if (*to == '\\' && to[1]) to++;
  *n = to - from;
  return from;
}
static void message(Peer *client, char *json) {
  int n = 0;
  if (!client->authorised) {
    char *shown = member(json, "\"token\":\"", &n);
    if (!shown || n != (int)strlen(token) || memcmp(shown, token, n)) { drop(client); return; }
    client->authorised = 1;
    say(client, "{\"type\":\"auth_success\"}%s", "");
    return;
  }
  char id[ID + 1] = "", *at = member(json, "\"session_id\":\"", &n);
  if (!at || n != ID) return;
  memcpy(id, at, ID);
  if (strstr(json, "\"type\":\"create_session\"")) say(client, "{\"type\":\"session_created\",\"session_id\":\"%s\"}", id);
  else if ((at = member(json, "\"prompt\":\"", &n))) prompt(client, id, at, n);
}
// Takes whole masked frames of up to 64 KiB.
static void frames(Peer *client) {
  size_t done = 0;
  while (!client->dead && client->in.len - done >= 6) {
    unsigned char *f = (unsigned char *)client->in.at + done;
    size_t n = f[1] & 127, head = 6;
    if (n == 126) { head = 8; n = f[2] << 8 | f[3]; }
    if (client->in.len - done < head + n) break;
    char *json = malloc(n + 1);
    for (size_t i = 0; i < n; i++) json[i] = f[head + i] ^ f[head - 4 + (i & 3)];
    json[n] = 0;
    if ((f[0] & 15) == 8) drop(client);
    else if ((f[0] & 15) == 1) message(client, json);
    free(json);
    done += head + n;
  }
  if (!client->dead) consume(&client->in, done);
}
static void client_bytes(Peer *c) {
  ssize_t n;
  while (!c->dead && (n = recv(c->fd, window, READ, 0)) != 0) {
    if (n < 0) { if (errno != EAGAIN) drop(c); return; }
    append(&c->in, window, n);
    if (c->upgraded) { frames(c); continue; }
    if (!memmem(c->in.at, c->in.len, "\r\n\r\n", 4)) continue;
    c->upgraded = 1;
    consume(&c->in, c->in.len);
    // every client of the harness sends the key of the RFC's example
    const char *ok = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    append(&c->out, ok, strlen(ok));
    flush(c);
  }
  if (!c->dead) drop(c);
}
static void piece(Peer *s, const char *kind, const char *text, int n) {
  char tail[96];
  int k = strlen(kind), t = sprintf(tail, "\",\"session_id\":\"%s\",\"complete\":false}", s->id);
  header(&s->client->out, k + n + t);
  append(&s->client->out, kind, k);
  append(&s->client->out, text, n);
  append(&s->client->out, tail, t);
}
// Takes the whole events of a text and returns how much of it they were.
static size_t events(Peer *s, char *from, size_t n) {
  static const char T[] = "{\"type\":\"text_delta\",\"text\":\"", H[] = "{\"type\":\"thinking_delta\",\"thinking\":\"";
  char *at = from, *end = from + n, *blank, *text;
  for (; (blank = memmem(at, end - at, "\n\n", 2)); at = blank + 2) {
    int thinking = 0;
    if ((text = memmem(at, blank - at, T, sizeof T - 1))) text += sizeof T - 1;
    else if ((thinking = (text = memmem(at, blank - at, H, sizeof H - 1)) != 0)) text += sizeof H - 1;
    else continue;
    char *quote = text;
    while (*quote != '"') quote += *quote == '\\' ? 2 : 1;
    piece(s, thinking ? "{\"type\":\"agent_thinking\",\"thinking\":true,\"content\":\""
                      : "{\"type\":\"agent_message\",\"content\":\"", text, quote - text);
  }
  return at - from;
}
static void body(Peer *s, char *at, size_t n) {
  size_t done = s->in.len ? 0 : events(s, at, n);
  if (done == n) return;
  append(&s->in, at + done, n - done);
  consume(&s->in, events(s, s->in.at, s->in.len));
}
// Decodes the chunked body; stages: 0-3 the head up to its blank line, 4 a chunk's size, 5 its bytes, 6 the line end after it,
// 7 the last line. Returns whether the answer is over.
static int upstream(Peer *s, char *at, char *end) {
  while (at < end) {
    if (s->stage < 4) { s->stage = *at == "\r\n\r\n"[s->stage] ? s->stage + 1 : *at == '\r'; at++; }
    else if (s->stage == 4) {
      char c = *at++ | 32;
      if (c >= 'a' && c <= 'f') s->chunk = s->chunk * 16 + c - 'a' + 10;
      else if (c >= '0' && c <= '9') s->chunk = s->chunk * 16 + c - '0';
      else if (c == ('\n' | 32)) s->stage = s->chunk ? 5 : 7;
    } else if (s->stage == 5) {
      int n = end - at < s->chunk ? end - at : s->chunk;
      body(s, at, n);
      at += n;
      if (!(s->chunk -= n)) s->stage = 6;
    } else if (*at++ == '\n') { if (s->stage == 7) return 1; s->stage = 4; }
  }
  return 0;
}
static void upstream_bytes(Peer *s) {
  for (;;) {
    Peer *c = s->client;
    if (c && c->out.len > HIGH) { s->paused = 1; return; }  // goes on when the client has taken it all
    ssize_t n = recv(s->fd, window, READ, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0 || !c) {
      if (c) unlink_stream(s);
      else for (Peer **at = &spare; *at; at = &(*at)->next) if (*at == s) { *at = s->next; break; }
      drop(s);
      return;
    }
    int blocked = c->out.len > 0, over = upstream(s, window, window + n);
    if (!blocked) flush(c);
    if (over) {
      say(c, "{\"type\":\"agent_message\",\"content\":\"\",\"session_id\":\"%s\",\"complete\":true}", s->id);
      unlink_stream(s);
      s->client = 0;
      s->next = spare;
      spare = s;
    }
    if (n < READ) return;
  }
}
static void writable(Peer *p) {
  if (p->out.len) flush(p);
  if (p->out.len) return;
  for (Peer *s = p->streams, *next; s; s = next) {
    next = s->next;
    if (s->paused) { s->paused = 0; upstream_bytes(s); }
  }
}

int main(void) {
  const char *up = getenv("UPSTREAM"), *port = getenv("PORT");
  token = getenv("TOKEN");
  if (!up || !port || !token) { fprintf(stderr, "PORT, TOKEN, UPSTREAM: not all set\n"); return 2; }
  upstream_port = atoi(strrchr(up, ':') + 1);
  signal(SIGPIPE, SIG_IGN);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
  struct sockaddr_in here = {AF_INET, htons(atoi(port)), {htonl(INADDR_LOOPBACK)}, {0}};
  if (bind(listener, (void *)&here, sizeof here) || listen(listener, 4096)) { perror("PORT"); return 1; }
  epoll = epoll_create1(0);
  struct epoll_event e = {.events = EPOLLIN}, ready[256];
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &e);
  for (;;) {
    int n = epoll_wait(epoll, ready, 256, -1);
    for (int i = 0; i < n; i++) {
      Peer *p = ready[i].data.ptr;
      if (!p) {
        for (int fd; (fd = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0;) watch(fd)->stage = -1;
        continue;
      }
      if (p->dead) continue;
      if (ready[i].events & EPOLLOUT) writable(p);
      if (p->dead || !(ready[i].events & ~EPOLLOUT)) continue;
      if (p->stage < 0) client_bytes(p);
      else if (!p->paused) upstream_bytes(p);
    }
    for (Peer *p = grave, *next; p; p = next) { next = p->next; free(p->in.at); free(p->out.at); free(p); }
    grave = 0;
  }
}
