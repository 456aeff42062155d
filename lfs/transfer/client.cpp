#include "lfs/transfer/client.h"

#include <algorithm>
#include <unordered_set>

#include "git/process/git_command.h"
#include "lfs/auth/authenticator.h"
#include "lfs/net/curl_http.h"
#include "lfs/net/trace.h"
#include "lfs/net/url.h"
#include "lfs/transfer/basic_download.h"
#include "lfs/transfer/basic_upload.h"
#include "lfs/transfer/local_transfer.h"

namespace lfsguard::lfs {
namespace {

// Kept in the repository's own configuration; a failure costs one request more next time and is no error.
void remember_access(const git::RepositoryLayout& layout, const std::string& key, const std::string& value) {
  (void)run(git::git_command({"--git-dir=" + layout.git_dir, "config", "--local", key, value}));
}

CurlHttp::ProxyCredentials proxy_questions(GitCredential& helper) {
  const auto asked = std::make_shared<std::optional<Credential>>();
  CurlHttp::ProxyCredentials questions;
  questions.fill = [&helper, asked](const std::string& proxy) -> std::optional<std::pair<std::string, std::string>> {
    const std::optional<Url> url = Url::parse(proxy.find("://") == std::string::npos ? "http://" + proxy : proxy);
    if (!url) return std::nullopt;
    if (!url->password.empty()) return std::pair(url->user, url->password);
    const Result<Credential> answer = helper.fill(*url);
    if (!answer) return std::nullopt;
    *asked = *answer;
    return std::pair(answer->username, answer->password);
  };
  questions.verdict = [&helper, asked](const std::string&, bool accepted) {
    if (!*asked) return;
    accepted ? helper.approve(**asked) : helper.reject(**asked);
    asked->reset();
  };
  return questions;
}

void drop_missing(const ObjectStore& store, std::vector<TransferObject>& objects) {
  std::erase_if(objects, [&](const TransferObject& object) { return !store.contains(object.oid, object.size); });
}

}  // namespace

Result<Client> Client::open(const git::RepositoryLayout& layout) {
  ClientConfig config = TRY(ClientConfig::load(layout));
  ObjectStore store = ObjectStore::at(layout, config.get("lfs.storage").value_or(""),
                                      SharedModes::parse(config.get("core.sharedrepository").value_or("")));
  return Client(layout, std::move(config), std::move(store));
}

Result<TransferReport> Client::upload(const std::string& remote, std::vector<TransferObject> objects,
                                      const std::string& ref, const EventSink& events) const {
  std::erase_if(objects, [](const TransferObject& object) { return object.size == 0; });
  if (config_.flag("lfs.allowincompletepush", false)) drop_missing(store_, objects);
  return transfer(remote, Operation::upload, std::move(objects), ref, events, {});
}

Result<TransferReport> Client::download(const std::string& remote, std::vector<TransferObject> objects,
                                        const EventSink& events,
                                        const std::function<void(const TransferObject&)>& finished) const {
  std::erase_if(objects, [&](const TransferObject& object) {
    if (object.size != 0 && !store_.contains(object.oid, object.size)) return false;
    if (finished) finished(object);
    return true;
  });
  return transfer(remote, Operation::download, std::move(objects), "", events, finished);
}

Result<TransferReport> Client::transfer(const std::string& remote, Operation operation,
                                        std::vector<TransferObject> objects, const std::string& ref,
                                        const EventSink& events,
                                        const std::function<void(const TransferObject&)>& finished) const {
  if (objects.empty()) return transfer_locally(store_, store_, operation, {}, events);
  const Endpoint endpoint = TRY(resolve_endpoint(config_, remote, operation));
  trace(TraceTopic::general, std::string(name_of(operation)) + ": " + std::to_string(objects.size()) + " objects, " +
                                 redact_url(endpoint.kind == Endpoint::Kind::local ? endpoint.path : endpoint.url));
  if (endpoint.kind != Endpoint::Kind::local) return over_http(endpoint, operation, objects, ref, events, finished);
  const ObjectStore there = TRY(ObjectStore::of_git_directory(TRY(git_directory_at(endpoint.path))));
  return transfer_locally(store_, there, operation, objects, events, finished);
}

// Built in place: its parts refer to each other.
struct Client::Line {
  const Client& client;
  TransferOptions options;
  GitCredential helper;
  CurlHttp http;
  Authenticator authenticator;

  Line(const Client& client, const Endpoint& endpoint)
      : client(client),
        options(TransferOptions::read(client.config_)),
        helper(client.layout_.work_tree.empty() ? client.layout_.git_dir : client.layout_.work_tree,
               client.config_.flag("credential.usehttppath", false)),
        http(client.config_),
        authenticator(http, client.config_, endpoint, seams()) {
    http.set_proxy_credentials(proxy_questions(helper));
  }
  Authenticator::Seams seams() {
    Authenticator::Seams seams;
    seams.helper = &helper;
    seams.remember = [this](const std::string& key, const std::string& value) {
      remember_access(client.layout_, key, value);
    };
    seams.ask_ssh = [this](const SshAddress& address, Operation what) {
      return ssh_authenticate(client.config_, address, what);
    };
    return seams;
  }
  // One call by itself.
  Result<HttpResponse> call(Operation operation, const std::string& method, const std::string& path, std::string body,
                            const char* leg) {
    HttpRequest request;
    request.method = method;
    request.leg = leg;
    request.url = TRY(authenticator.api_url(operation)) + path;
    request.headers = {{"Accept", kLfsMediaType}, {"Content-Type", kLfsMediaType}};
    request.body = std::move(body);
    request.timers = options.timers;
    std::optional<HttpResponse> response;
    authenticator.submit_api(std::move(request), operation, [&](HttpResponse done) { response = std::move(done); });
    while (!response) http.wait(std::chrono::milliseconds(1000));
    if (response->status == 0) return fail(std::move(*response->error));
    return std::move(*response);
  }
  Result<BatchResponse> ask(const BatchRequest& batch) {
    const std::string base = TRY(authenticator.api_url(batch.operation));
    const HttpResponse response =
        TRY(call(batch.operation, "POST", "/objects/batch", format_batch_request(batch), "batch"));
    if (!response.ok()) return fail(status_error(response, "batch", redact_url(base)));
    return parse_batch_response(response.body, base, std::chrono::system_clock::now());
  }
};

TransferReport Client::over_http(const Endpoint& endpoint, Operation operation,
                                 const std::vector<TransferObject>& objects, const std::string& ref,
                                 const EventSink& events,
                                 const std::function<void(const TransferObject&)>& finished) const {
  Line line(*this, endpoint);
  std::vector<std::unique_ptr<TransferAdapter>> adapters;
  if (operation == Operation::upload)
    adapters.push_back(std::make_unique<BasicUpload>(line.authenticator, store_, line.options));
  else
    adapters.push_back(std::make_unique<BasicDownload>(line.authenticator, store_, line.options));
  TransferQueue::Services services{line.http, line.authenticator, line.options, events, {}, finished, {}};
  if (line.options.rewrite_hrefs)
    services.rewrite_href = [&](const std::string& href) { return apply_instead_of(config_, href, operation); };
  TransferQueue queue(std::move(services), operation, std::move(adapters), ref);
  for (const TransferObject& object : objects) queue.add(object);
  return queue.run();
}

Result<HttpResponse> Client::call_api(const std::string& remote, Operation operation, const std::string& method,
                                      const std::string& path, std::string body) const {
  const Endpoint endpoint = TRY(resolve_endpoint(config_, remote, operation));
  if (endpoint.kind == Endpoint::Kind::local)
    return fail(ErrorKind::unsupported, "a repository reached by its path has no LFS server", endpoint.path,
                "locks need one: set lfs.url, or give a remote that has one");
  Line line(*this, endpoint);
  return line.call(operation, method, path, std::move(body), "locks");
}

Result<std::vector<Oid>> Client::missing_on(const std::string& remote,
                                            const std::vector<TransferObject>& objects) const {
  std::vector<Oid> missing;
  const Endpoint endpoint = TRY(resolve_endpoint(config_, remote, Operation::download));
  if (endpoint.kind == Endpoint::Kind::local) {
    const ObjectStore there = TRY(ObjectStore::of_git_directory(TRY(git_directory_at(endpoint.path))));
    for (const TransferObject& object : objects)
      if (!there.contains(object.oid, object.size)) missing.push_back(object.oid);
    return missing;
  }
  Line line(*this, endpoint);
  for (size_t first = 0; first < objects.size(); first += line.options.batch_size) {
    const size_t last = std::min(objects.size(), first + line.options.batch_size);
    BatchRequest batch;
    batch.transfers = {"basic"};
    for (size_t i = first; i < last; ++i) batch.objects.emplace_back(objects[i].oid, objects[i].size);
    std::unordered_set<Oid> there;
    for (const BatchObject& object : TRY(line.ask(batch)).objects)
      if (object.error_code == 0 && object.action("download")) there.insert(object.oid);
    for (size_t i = first; i < last; ++i)
      if (!there.contains(objects[i].oid)) missing.push_back(objects[i].oid);
  }
  return missing;
}

}  // namespace lfsguard::lfs
