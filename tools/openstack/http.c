/* SPDX-License-Identifier: Apache-2.0 */
#include "http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define ANSWER_BYTES_MAX (64u << 20) /* a page of 1000 servers has 300 KB */
#define CONNECT_MS 4000L

struct http {
	CURL *curl;
	struct http_options options;
	double deadline_s;
};

/* What comes while a question is asked. */
struct receiving {
	struct http_answer *answer;
	char *text;
	size_t length;
	size_t capacity;
	bool too_long;
};

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

struct http *http_new(const struct http_options *options)
{
	struct http *http = calloc(1, sizeof(*http));

	if (!http)
		return NULL;
	http->options = *options;
	http->deadline_s = now_s() + options->timeout_s;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		http->curl = curl_easy_init();
	if (!http->curl) {
		free(http);
		return NULL;
	}
	return http;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	curl_easy_cleanup(http->curl);
	curl_global_cleanup();
	free(http);
}

/* ---- while it comes ---- */

static size_t take_body(char *bytes, size_t one, size_t count, void *context)
{
	struct receiving *receiving = context;
	size_t needed = receiving->length + count;

	(void)one; /* is 1 */
	if (needed > ANSWER_BYTES_MAX) {
		receiving->too_long = true;
		return 0;
	}
	if (needed > receiving->capacity) {
		size_t capacity = needed * 2;
		char *text = realloc(receiving->text, capacity);

		if (!text)
			return 0;
		receiving->text = text;
		receiving->capacity = capacity;
	}
	memcpy(receiving->text + receiving->length, bytes, count);
	receiving->length = needed;
	return count;
}

static size_t take_header(char *bytes, size_t one, size_t count, void *context)
{
	static const char name[] = "X-Subject-Token:";
	struct http_answer *answer = ((struct receiving *)context)->answer;
	size_t from = sizeof(name) - 1, to = count;

	(void)one;
	if (count < from || strncasecmp(bytes, name, from) != 0)
		return count;
	while (from < to && bytes[from] == ' ')
		from++;
	while (to > from &&
	       (bytes[to - 1] == '\r' || bytes[to - 1] == '\n' || bytes[to - 1] == ' '))
		to--;
	if (to - from < sizeof(answer->token)) {
		memcpy(answer->token, bytes + from, to - from);
		answer->token[to - from] = '\0';
	}
	return count;
}

/* ---- asking ---- */

static struct curl_slist *make_headers(const char *const headers[])
{
	struct curl_slist *list = curl_slist_append(NULL, "Accept: application/json");

	list = curl_slist_append(list, "Content-Type: application/json");
	for (size_t i = 0; headers && headers[i]; i++)
		list = curl_slist_append(list, headers[i]);
	return list;
}

static void wipe_headers(struct curl_slist *list)
{
	for (const struct curl_slist *one = list; one; one = one->next)
		explicit_bzero(one->data, strlen(one->data));
	curl_slist_free_all(list);
}

/* No .netrc, no proxy's password, no redirection: what is sent goes where it was said to. */
static void set_up(const struct http *http, const char *url, struct curl_slist *headers,
		   const char *body, struct receiving *receiving)
{
	CURL *curl = http->curl;
	long left_ms = (long)((http->deadline_s - now_s()) * 1000);

	curl_easy_reset(curl);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, left_ms);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "pftrace-openstack/" PFTRACE_VERSION);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, receiving);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, receiving);
	curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
	if (body)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	if (http->options.cacert)
		curl_easy_setopt(curl, CURLOPT_CAINFO, http->options.cacert);
	if (http->options.insecure) {
		curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
	}
}

static int failed(struct http_answer *answer, int error, const char *why)
{
	snprintf(answer->why, sizeof(answer->why), "%s", why);
	return error;
}

static int outcome(struct http *http, CURLcode code, const struct receiving *receiving)
{
	struct http_answer *answer = receiving->answer;

	if (receiving->too_long)
		return failed(answer, -EIO, "the answer is longer than 64 MiB");
	if (code == CURLE_OPERATION_TIMEDOUT)
		return failed(answer, -ETIMEDOUT, "it does not answer in time");
	if (code != CURLE_OK)
		return failed(answer, -EIO, curl_easy_strerror(code));
	curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &answer->status);
	answer->body =
		receiving->length ? json_loadb(receiving->text, receiving->length, 0, NULL) : NULL;
	if (!answer->body)
		failed(answer, 0, "what it answers is no JSON");
	return 0;
}

int http_ask(struct http *http, const char *url, const char *const headers[], const char *body,
	     struct http_answer *answer)
{
	struct receiving receiving = { .answer = answer };
	struct curl_slist *list;
	CURLcode code;
	int error;

	memset(answer, 0, sizeof(*answer));
	if (now_s() >= http->deadline_s)
		return failed(answer, -ETIMEDOUT, "there is no time left");
	list = make_headers(headers);
	if (!list)
		return failed(answer, -ENOMEM, "not enough memory");
	set_up(http, url, list, body, &receiving);
	code = curl_easy_perform(http->curl);
	error = outcome(http, code, &receiving);
	wipe_headers(list);
	free(receiving.text);
	return error;
}

void http_answer_free(struct http_answer *answer)
{
	explicit_bzero(answer->token, sizeof(answer->token));
	json_decref(answer->body);
	answer->body = NULL;
}

char *http_escape(struct http *http, const char *text)
{
	return curl_easy_escape(http->curl, text, 0);
}

void http_escape_free(char *text)
{
	curl_free(text);
}
