/* One transfer by libcurl, as all that fetch here make it: curl_easy_setopt(3). */
#ifndef PACKAGES_EASY_H
#define PACKAGES_EASY_H

#include <curl/curl.h>
#include <stdbool.h>

#define EASY_CONNECT_TIMEOUT_S 15L
#define EASY_STALL_S           30L /* without one byte a second */

/*
 * A handle for url: few redirects, and those to http: and https: only; limits on connecting and on stalling.
 * proxy may be NULL; insecure: don't check the server's certificate. curl_easy_cleanup(3).
 */
CURL *easy_new(const char *url, const char *proxy, bool insecure);

#endif
