/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to an HTTP server that answers in JSON, all of them before one deadline. */
#ifndef OPENSTACK_HTTP_H
#define OPENSTACK_HTTP_H

#include <jansson.h>
#include <stdbool.h>

#define HTTP_WHY_BYTES 256

struct http;

struct http_options {
	double timeout_s;   /* of everything together */
	const char *cacert; /* a file of certificates; NULL: the system's */
	bool insecure;	    /* certificates are not verified */
};

/* NULL without memory. */
struct http *http_new(const struct http_options *options);
void http_free(struct http *http);

struct http_answer {
	long status;		  /* 0: none came */
	json_t *body;		  /* NULL: it was no JSON; the caller's */
	char token[8192];	  /* X-Subject-Token, or "" */
	char why[HTTP_WHY_BYTES]; /* without a status, or without a body: what happened */
};

/*
 * Asks once, no redirection is followed. `body` (or NULL for GET) is sent as JSON. Headers are a list
 * ended by NULL; they may be secret. 0 when an answer came, whatever its status; -ETIMEDOUT, -ENOMEM or
 * -EIO with answer->why.
 */
int http_ask(struct http *http, const char *url, const char *const headers[], const char *body,
	     struct http_answer *answer);

/* Overwrites the token, drops the body. */
void http_answer_free(struct http_answer *answer);

/* `text` as a part of a URL's query; NULL without memory; for http_escape_free(). */
char *http_escape(struct http *http, const char *text);
void http_escape_free(char *text);

#endif
