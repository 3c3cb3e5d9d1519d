import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Audited, AuthorizerPath, Needs } from '#service';
import { Brings } from '../approvals/brings.decorator.js';
import { refusedAlthough } from '../wechat/wechat-problem.interceptor.js';
import { categoryPairs, missingPairs } from './categories.domain.js';
import {
  AddCategories,
  CategoriesView,
  CategoryPath,
  type Certificate,
  CorrectCategory,
  PossibleCategories,
} from './categories.dto.js';
import { SettingsService } from './settings.service.js';

/** What the mini program is about (类目); a submission names pairs of it. Permission set 30. */
@ApiTags('mini program settings')
@Controller('v1/components/:component_appid/authorizers/:authorizer_appid/categories')
export class CategoriesController {
  constructor(private readonly operations: SettingsService) {}

  /** Categories that the mini program has, with their review. */
  @Get()
  @Needs('mini-programs.read')
  categories(@Param() path: AuthorizerPath): Promise<CategoriesView> {
    return this.operations.read(path.component_appid, path.authorizer_appid, async (api, { token, context }) => {
      const { categories, limit, quota, category_limit } = await api.settings.getAppCategories(token, context);
      return {
        categories: categories.map(({ first, first_name, second, second_name, audit_status, audit_reason }) => ({
          first,
          first_name,
          second,
          second_name,
          audit_status,
          audit_reason: audit_reason ?? '',
        })),
        limit: limit ?? null,
        quota: quota ?? null,
        category_limit: category_limit ?? null,
      };
    });
  }

  /** Categories that it may add, and the certificates each needs. */
  @Get('available')
  @Needs('mini-programs.read')
  async available(@Param() path: AuthorizerPath): Promise<PossibleCategories> {
    const { categories_list } = await this.operations.read(path.component_appid, path.authorizer_appid, (api, c) =>
      api.settings.getAllCategories(c.token, c.context),
    );
    return { items: categoryPairs(categories_list.categories) };
  }

  /** Adds categories. Those that need certificates are reviewed first; WeChat tells the result as `wxa_category_audit`. What is there already counts as done. */
  @Post()
  @Needs('settings.write')
  @Audited('mini-program.add-categories')
  @Brings('categories')
  async add(@Param() path: AuthorizerPath, @Body() body: AddCategories): Promise<CategoriesView> {
    const categories = body.categories.map(({ first, second, certificates }) => ({
      first,
      second,
      ...(certificates ? { certicates: certicates(certificates) } : {}),
    }));
    const reason = body.apply_reason ? { apply_reason: body.apply_reason } : {};
    await this.operations.write(
      path.component_appid,
      path.authorizer_appid,
      (api, c) => api.settings.addCategory(c.token, { categories, ...reason }, c.context),
      async (refusal) => {
        const held = await this.categories(path);
        const refused = missingPairs(categories, held.categories);
        if (refused.length > 0)
          throw refusedAlthough(refusal, 'WeChat added none, since one of them is there already; add the others alone.', {
            refused,
          });
      },
    );
    return this.categories(path);
  }

  /** Gives a category that was rejected other certificates; it is reviewed again. */
  @Put(':first/:second')
  @Needs('settings.write')
  @Audited('mini-program.correct-category')
  @Brings('categories')
  async correct(@Param() path: CategoryPath, @Body() body: CorrectCategory): Promise<CategoriesView> {
    const { first, second } = path;
    await this.operations.write(path.component_appid, path.authorizer_appid, (api, c) =>
      api.settings.modifyCategory(c.token, { first, second, certicates: certicates(body.certificates) }, c.context),
    );
    return this.categories(path);
  }

  /** Removes a category. One that is under review stays until its result is there (53308). */
  @Delete(':first/:second')
  @HttpCode(204)
  @Needs('settings.write')
  @Audited('mini-program.delete-category')
  @Brings('categories')
  async delete(@Param() { component_appid, authorizer_appid, first, second }: CategoryPath): Promise<void> {
    await this.operations.write(component_appid, authorizer_appid, (api, c) =>
      api.settings.deleteCategory(c.token, { first, second }, c.context),
    );
  }
}

/** In WeChat's spelling. */
const certicates = (certificates: readonly Certificate[]) =>
  certificates.map(({ name, media_id }) => ({ key: name, value: media_id }));
