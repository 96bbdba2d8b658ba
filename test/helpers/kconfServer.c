/*
 * Stands around conf.c's main (renamed to conf_main): runs conf for each line of standard input in a child of its own, without starting a program for it.
 * A line holds the directory, variables NAME=VALUE, an empty word, and conf's arguments, all ended by a tab. What the child reads and prints are the files
 * `in`, `out` and `err` of the directory. The answer is a line with its exit code, 128 and the signal if it was ended by one.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int conf_main(int argc, char **argv);

static void limit(int what, const char *variable, long unit)
{
	const char *value = getenv(variable);
	struct rlimit most;

	if (!value)
		return;
	most.rlim_cur = most.rlim_max = atol(value) * unit;
	setrlimit(what, &most);
	unsetenv(variable);
}

static void run(char *line)
{
	char *argv[16] = { "conf" };
	int argc = 1, in_arguments = 0;
	char *word, *end;

	for (word = line; (end = strchr(word, '\t')); word = end + 1) {
		*end = 0;
		if (word == line) {
			if (chdir(word))
				_exit(99);
		} else if (!*word) {
			in_arguments = 1;
		} else if (in_arguments) {
			argv[argc++] = word;
		} else {
			putenv(word);
		}
	}
	limit(RLIMIT_FSIZE, "LIMIT_BLOCKS", 512);
	limit(RLIMIT_CPU, "LIMIT_SECONDS", 1);
	limit(RLIMIT_CORE, "LIMIT_CORE", 1);
	if (!freopen("in", "r", stdin) || !freopen("out", "w", stdout) || !freopen("err", "w", stderr))
		_exit(98);
	setvbuf(stderr, NULL, _IONBF, 0);
	exit(conf_main(argc, argv));
}

int main(void)
{
	static char line[65536];
	int status;
	pid_t child;

	while (fgets(line, sizeof(line), stdin)) {
		child = fork();
		if (!child)
			run(line);
		if (waitpid(child, &status, 0) != child)
			return 1;
		printf("%d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
		fflush(stdout);
	}
	return 0;
}
