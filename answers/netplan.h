/* The rows of a network in netplan(5)'s language. */
#ifndef ANSWERS_NETPLAN_H
#define ANSWERS_NETPLAN_H

#include "answers/yaml.h"

extern const struct yaml_rule netplan_keys[];

#endif
