/* SPDX-License-Identifier: Apache-2.0 */
/* Words for people: one line each on stderr, with the program's name before it. What is no
   printable UTF-8 in them is '?'. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

/* An error that ends the command: say what was wrong (quote it) and what to do. */
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Something the user should know although the command goes on. */
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Plain information; nothing is put before the text. */
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
